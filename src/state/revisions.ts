import { AxonError } from "../errors.ts";
import type { KvStore } from "../kv/kv-store.ts";
import { revisionKey, revisionModelRoot, revisionRoot, sealingKeyKey } from "../store-layout.ts";
import { completeModel } from "./complete-model.ts";
import { decodeSnapshot, type Snapshot } from "./encode-model.ts";
import { readKeptKey } from "./kept-key.ts";
import { decodeRevision, type RevisionRecord } from "./revision-record.ts";
import { unseal } from "./seal.ts";

export interface Revisions {
  /** The newest first. */
  readonly records: readonly RevisionRecord[];
  /** What was found there and cannot be used, for readers. */
  readonly notices: readonly string[];
}

/** What is kept of the deployment's history. Never fails for what it finds there. */
export async function listRevisions(
  store: KvStore,
  deployment: string,
  signal?: AbortSignal,
): Promise<Revisions> {
  const root = revisionRoot(deployment);
  const decoded = (await store.list(root, signal)).map(({ key, value }) => ({
    name: key.slice(root.length),
    ...decodeRevision(value),
  }));
  const records = decoded.flatMap((entry) => (entry.kind === "record" ? [entry.record] : []));
  const notices = decoded.flatMap((entry) =>
    entry.kind === "unusable" ? [`revision ${entry.name} is not used: ${entry.reason}`] : [],
  );
  return { records: records.toSorted((a, b) => b.number - a.number), notices };
}

/** Secrets are in it, as they were. */
export interface StoredRevision extends Snapshot {
  readonly record: RevisionRecord;
}

/** REVISION_UNKNOWN when there is none of that number, REVISION_UNREADABLE when what is there is of no use. */
export async function readRevision(
  store: KvStore,
  { deployment, number }: { readonly deployment: string; readonly number: number },
  signal?: AbortSignal,
): Promise<StoredRevision> {
  const entry = await store.get(revisionKey(deployment, number), signal);
  if (entry === undefined) throw unknown(deployment, number);
  const decoded = decodeRevision(entry.value);
  if (decoded.kind === "unusable") throw unreadable(number, decoded.reason);
  const { record } = decoded;
  const root = `${revisionModelRoot(deployment, number)}${record.model.id}/`;
  const [key, chunks] = await Promise.all([
    readKeptKey(store, sealingKeyKey(deployment), signal),
    store.list(root, signal),
  ]);
  if (key === undefined) throw unreadable(number, "the key that it is sealed with is gone");
  const sealed = joinChunks(chunks.map(({ key: path, value }) => [path, value]));
  if (chunks.length !== record.model.chunks) throw unreadable(number, "parts of it are gone");
  try {
    const { model, config } = decodeSnapshot(unseal(sealed, key, sealingLabel(number)));
    return { record, model: model && completeModel(model), config };
  } catch (cause) {
    throw unreadable(number, "its model was damaged, or sealed with another key", cause);
  }
}

/** There is none, or it is of no use; other problems are of the store. */
export function isNoRevision(problem: unknown): problem is AxonError {
  return problem instanceof AxonError && problem.code.startsWith("REVISION_");
}

/** So that no revision can be put in the place of another one. */
export function sealingLabel(number: number): string {
  return `revision ${number}`;
}

/** By the number at the end of each path, which does not sort as text. */
function joinChunks(chunks: readonly (readonly [path: string, text: string])[]): string {
  const position = (path: string) => Number(path.slice(path.lastIndexOf("/") + 1));
  return chunks
    .toSorted(([a], [b]) => position(a) - position(b))
    .map(([, text]) => text)
    .join("");
}

function unknown(deployment: string, number: number): AxonError {
  return new AxonError("REVISION_UNKNOWN", `${deployment} has no revision ${number}`, {
    hint: `See those that are kept with: axon history -D ${deployment}`,
  });
}

function unreadable(number: number, reason: string, cause?: unknown): AxonError {
  return new AxonError("REVISION_UNREADABLE", `revision ${number} cannot be read: ${reason}`, {
    cause,
  });
}
