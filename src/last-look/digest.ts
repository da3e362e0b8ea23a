import { createHash, createHmac } from "node:crypto";
import type { Read } from "../http/pipeline.ts";
import type { Answer } from "../http/watcher.ts";
import { steady } from "./steady.ts";

export type Answers = ReadonlyMap<Read, Answer>;

/** What was read before the store. */
export interface Seen {
  /** undefined: not set. */
  readonly env: Texts;
  /** By path; undefined: not there. */
  readonly files: Texts;
  readonly engine: Answers;
}

export type Texts = ReadonlyMap<string, string | undefined>;

/** Kept nowhere as it is: a short secret in the environment could be guessed from it. */
export function seenDigest({ env, files, engine }: Seen): string {
  return digestOf([...entries("env", env), ...entries("file", files), ...steadyEntries(engine)]);
}

/** Of what was seen before the token was sent; of no use to who does not have it. */
export function digestForToken(seen: string, token: string): string {
  return createHmac("sha256", token).update(seen).digest("hex");
}

/** Of everything: among it is the deployment's own random key, so that nobody finds out a part of it by guessing. */
export function wholeDigest(seen: string, store: Answers): string {
  return digestOf([["seen", seen], ...steadyEntries(store)]);
}

function steadyEntries(answers: Answers): Entry[] {
  const told = [...answers].map(([read, answer]): [string, string] => [read, steady(read, answer)]);
  return entries("read", new Map(told));
}

type Entry = readonly (string | undefined)[];

function entries(kind: string, values: Texts): Entry[] {
  const names = [...values.keys()].sort();
  return names.map((name) => [kind, name, values.get(name)]);
}

/** SHA-256 in hexadecimal digits. */
function digestOf(all: readonly Entry[]): string {
  const hash = createHash("sha256");
  for (const entry of all) hash.update(`${JSON.stringify(entry)}\n`);
  return hash.digest("hex");
}
