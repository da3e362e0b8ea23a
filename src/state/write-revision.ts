import { randomBytes } from "node:crypto";
import type { KvStore, KvWrite } from "../kv/kv-store.ts";
import type { Model } from "../model.ts";
import type { Secret } from "../secret.ts";
import {
  currentRevisionKey,
  revisionKey,
  revisionModelRoot,
  revisionRoot,
  sealingKeyKey,
} from "../store-layout.ts";
import { decodeCurrentRevision } from "./current-revision.ts";
import { encodeModel } from "./encode-model.ts";
import { ensureKeptKey } from "./kept-key.ts";
import { encodeRevision, type RevisionRecord } from "./revision-record.ts";
import { sealingLabel } from "./revisions.ts";
import { seal } from "./seal.ts";

export const KEPT_REVISIONS = 20;

/** Half of what a store takes as one value. */
const CHUNK_LENGTH = 256 * 1024;

export interface RevisionDraft {
  readonly deployment: string;
  readonly model: Model;
  readonly facts: Omit<RevisionRecord, "version" | "number" | "images" | "model">;
  /** How many of the newest stay; the others are removed. */
  readonly keep?: number;
  /** 64 hexadecimal digits from a secure source, for the key of a deployment that has none yet. */
  readonly random: () => string;
}

/**
 * Keeps a run as the deployment's next revision, and answers its number. What it consists of appears at
 * once; two that are written at the same time get two numbers.
 */
export async function writeRevision(store: KvStore, draft: RevisionDraft): Promise<number> {
  const { deployment, random, keep = KEPT_REVISIONS } = draft;
  const key = await ensureKeptKey(store, sealingKeyKey(deployment), random);
  for (;;) {
    const position = await nextPosition(store, deployment);
    const id = randomBytes(8).toString("hex");
    const outcome = await store.transact(writesOf(draft, { ...position, id, key }));
    if (outcome.kind === "written") {
      await prune(store, deployment, keep);
      return position.number;
    }
    const remains = `${revisionModelRoot(deployment, position.number)}${id}/`;
    await store.transact([{ kind: "deleteTree", prefix: remains }]);
  }
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

/** The record and the pointer to it come last, and alone decide: without them, nobody sees the chunks. */
function writesOf(
  { deployment, model, facts }: RevisionDraft,
  { number, expected, id, key }: Position & { readonly id: string; readonly key: Secret },
): readonly KvWrite[] {
  const chunks = cut(seal(encodeModel(model), key, sealingLabel(number)));
  const record: RevisionRecord = {
    version: 1,
    number,
    ...facts,
    images: imagesOf(model),
    model: { id, chunks: chunks.length },
  };
  const root = `${revisionModelRoot(deployment, number)}${id}/`;
  return [
    ...chunks.map((value, index) => ({ kind: "put" as const, key: `${root}${index}`, value })),
    {
      kind: "put",
      key: revisionKey(deployment, number),
      value: encodeRevision(record),
      expected: "absent",
    },
    { kind: "put", key: currentRevisionKey(deployment), value: String(number), expected },
  ];
}

async function prune(store: KvStore, deployment: string, keep: number): Promise<void> {
  const numbers = numbersOf(await store.listKeys(revisionRoot(deployment)));
  const old = numbers.toSorted((a, b) => b - a).slice(Math.max(1, keep));
  const writes = old.flatMap((number): readonly KvWrite[] => [
    { kind: "delete", key: revisionKey(deployment, number) },
    { kind: "deleteTree", prefix: revisionModelRoot(deployment, number) },
  ]);
  await store.transact(writes);
}

function numbersOf(keys: readonly string[]): readonly number[] {
  return keys.flatMap((key) => decodeCurrentRevision(key.slice(key.lastIndexOf("/") + 1)) ?? []);
}

function imagesOf({ services, tasks }: Model): Record<string, string> {
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
