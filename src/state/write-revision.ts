import { randomBytes } from "node:crypto";
import { AxonError } from "../errors.ts";
import { fitTogether, keyOf } from "../kv/kv-limits.ts";
import type { KvStore, KvWrite, TransactOutcome } from "../kv/kv-store.ts";
import type { Secret } from "../secret.ts";
import {
  configRoot,
  currentRevisionKey,
  lockKey,
  revisionKey,
  revisionModelRoot,
  revisionRoot,
  sealingKeyKey,
} from "../store-layout.ts";
import { decodeCurrentRevision } from "./current-revision.ts";
import { encodeSnapshot, type Snapshot } from "./encode-model.ts";
import { ensureKeptKey } from "./kept-key.ts";
import { decodeRevision, encodeRevision, type RevisionRecord } from "./revision-record.ts";
import { sealingLabel } from "./revisions.ts";
import { seal } from "./seal.ts";

/** The newest ones stay, with the changes of keys between them. */
const KEPT_DEPLOYS = 20;
/** Of both together, and without a gap: a way back has to know all that came after. */
const KEPT_REVISIONS = 100;

/** Half of what a store takes as one value. */
const CHUNK_LENGTH = 256 * 1024;

export interface RevisionDraft extends Snapshot {
  readonly deployment: string;
  readonly facts: Omit<RevisionRecord, "version" | "number" | "images" | "model">;
  /** How many deploys stay, of the newest; others are removed. */
  readonly keep?: number;
  /** What is written with it: at once, as far as a store takes that in one transaction; else just before. */
  readonly writes?: readonly KvWrite[];
  /** The same; where it cannot be at once, not before the revision is there. */
  readonly last?: readonly KvWrite[];
  /** 64 hexadecimal digits from a secure source, for the key of a deployment that has none yet. */
  readonly random: () => string;
}

/**
 * Keeps a run as the deployment's next revision, and answers its number. What it consists of appears at
 * once; two that are written at the same time get two numbers. KEY_CHANGED when an expectation of `writes`
 * does not hold: then there is no such revision.
 */
export async function writeRevision(store: KvStore, draft: RevisionDraft): Promise<number> {
  const { deployment, random, keep = KEPT_DEPLOYS, writes = [], last = [] } = draft;
  const key = await ensureKeptKey(store, sealingKeyKey(deployment), random);
  for (;;) {
    const position = await nextPosition(store, deployment);
    const id = randomBytes(8).toString("hex");
    const { chunks, decision } = writesOf(draft, { ...position, id, key });
    const parts = partsOf({ deployment, chunks, writes, decision: [...decision, ...last] });
    const outcome = await writeInTurn(store, parts);
    if (outcome.kind === "written") {
      await prune(store, deployment, keep);
      return position.number;
    }
    const remains = `${revisionModelRoot(deployment, position.number)}${id}/`;
    await store.transact([{ kind: "deleteTree", prefix: remains }]);
    const others = outcome.keys.filter((name) => writes.some((write) => keyOf(write) === name));
    if (others.length > 0) throw keysChanged(deployment, others);
  }
}

interface Whole {
  readonly deployment: string;
  readonly chunks: readonly KvWrite[];
  readonly writes: readonly KvWrite[];
  readonly decision: readonly KvWrite[];
}

type Parts = readonly (readonly KvWrite[])[];

/** As few transactions as a store takes; one of them is the decision's, which is not to be cut. */
function partsOf({ deployment, chunks, writes, decision }: Whole): Parts {
  const isOne = (part: readonly KvWrite[]) => fitTogether([...part, roomForLock(deployment)]);
  const decided = [...writes, ...decision];
  const whole = [...chunks, ...decided];
  if (isOne(whole)) return [whole];
  return isOne(decided) ? [chunks, decided] : [chunks, writes, decision];
}

/** The first conflict ends it. */
async function writeInTurn(store: KvStore, parts: Parts): Promise<TransactOutcome> {
  for (const part of parts) {
    const outcome = await store.transact(part);
    if (outcome.kind === "conflict") return outcome;
  }
  return { kind: "written" };
}

/** Who writes under the lock writes its check as well. */
function roomForLock(deployment: string): KvWrite {
  return { kind: "checkSession", key: lockKey(deployment), session: "" };
}

function keysChanged(deployment: string, keys: readonly string[]): AxonError {
  const root = configRoot(deployment);
  const names = keys.map((key) => (key.startsWith(root) ? key.slice(root.length) : key));
  return new AxonError("KEY_CHANGED", `somebody else has changed ${names.join(", ")} meanwhile`, {
    hint: "Look at what is there now, and run the command again.",
  });
}

type Position = Awaited<ReturnType<typeof nextPosition>>;

async function nextPosition(store: KvStore, deployment: string) {
  const [current, keys] = await Promise.all([
    store.get(currentRevisionKey(deployment)),
    store.listKeys(revisionRoot(deployment)),
  ]);
  const newest = Math.max(decodeCurrentRevision(current?.value) ?? 0, ...numbersOf(keys));
  return { number: newest + 1, expected: current?.revision ?? ("absent" as const) };
}

/** The record and the pointer to it decide: without them, nobody sees the chunks. */
function writesOf(
  { deployment, model, config, facts }: RevisionDraft,
  { number, expected, id, key }: Position & { readonly id: string; readonly key: Secret },
) {
  const texts = cut(seal(encodeSnapshot({ model, config }), key, sealingLabel(number)));
  const record: RevisionRecord = {
    version: 1,
    number,
    ...facts,
    images: model === undefined ? {} : imagesOf(model),
    model: { id, chunks: texts.length },
  };
  const root = `${revisionModelRoot(deployment, number)}${id}/`;
  const chunks = texts.map((value, index): KvWrite => {
    return { kind: "put", key: `${root}${index}`, value };
  });
  const decision: readonly KvWrite[] = [
    {
      kind: "put",
      key: revisionKey(deployment, number),
      value: encodeRevision(record),
      expected: "absent",
    },
    { kind: "put", key: currentRevisionKey(deployment), value: String(number), expected },
  ];
  return { chunks, decision };
}

async function prune(store: KvStore, deployment: string, keep: number): Promise<void> {
  const entries = await store.list(revisionRoot(deployment));
  const isDeploy = new Map(
    entries.flatMap(({ key, value }) =>
      numbersOf([key]).map((number): [number, boolean] => {
        const decoded = decodeRevision(value);
        return [number, decoded.kind !== "record" || decoded.record.kind !== "keys"];
      }),
    ),
  );
  const writes = outdated(isDeploy, keep).flatMap((number): readonly KvWrite[] => [
    { kind: "delete", key: revisionKey(deployment, number) },
    { kind: "deleteTree", prefix: revisionModelRoot(deployment, number) },
  ]);
  await store.transact(writes);
}

/** All before the oldest one that stays. */
function outdated(isDeploy: ReadonlyMap<number, boolean>, keep: number): readonly number[] {
  const newest = [...isDeploy.keys()].sort((a, b) => b - a);
  const deploys = newest.filter((number) => isDeploy.get(number));
  const oldestDeploy = deploys[Math.max(1, keep) - 1] ?? 0;
  const oldest = newest[KEPT_REVISIONS - 1] ?? 0;
  return newest.filter((number) => number < Math.max(oldestDeploy, oldest));
}

function numbersOf(keys: readonly string[]): readonly number[] {
  return keys.flatMap((key) => decodeCurrentRevision(key.slice(key.lastIndexOf("/") + 1)) ?? []);
}

function imagesOf({ services, tasks }: NonNullable<Snapshot["model"]>): Record<string, string> {
  const images = [...Object.values(services), ...Object.values(tasks)].map(
    ({ container }) => container.image,
  );
  const pairs = images.map(({ reference, id }) => [reference, id] as const);
  return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function cut(text: string): readonly string[] {
  const count = Math.ceil(text.length / CHUNK_LENGTH);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * CHUNK_LENGTH, (index + 1) * CHUNK_LENGTH),
  );
}
