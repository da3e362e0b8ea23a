import type { Delta } from "./field.ts";
import type { IsGiven } from "./given.ts";

/**
 * One row of the table of a network or a volume, `S`: all that Axon knows about one field of it, `T`. `B` is
 * what it is made of, and what a list tells of it. Engines change nothing of either once it is there.
 */
export interface ResourceField<T, B> {
  /** The key in `Networks` or `Volumes`. */
  readonly key: string;
  diff(before: T, after: T): readonly Delta[];
  toDocker(value: T, body: B): void;
  /** What was given; what the engine chose is left out. */
  fromDocker(body: B, isGiven: NonNullable<IsGiven>): T;
}

export type ResourceTable<S, B> = { readonly [F in keyof S]: ResourceField<S[F], B> };

export function resourceDeltas<S extends object, B>(
  table: ResourceTable<S, B>,
  before: S,
  after: S,
): readonly Delta[] {
  return namesOf(table).flatMap((name) => table[name].diff(before[name], after[name]));
}

export function toResource<S extends object, B>(table: ResourceTable<S, B>, spec: S, body: B): B {
  for (const name of namesOf(table)) table[name].toDocker(spec[name], body);
  return body;
}

export function fromResource<S extends object, B>(
  table: ResourceTable<S, B>,
  body: B,
  isGiven: NonNullable<IsGiven>,
): S {
  const entries = namesOf(table).map((name) => [name, table[name].fromDocker(body, isGiven)]);
  return Object.fromEntries(entries) as S;
}

function namesOf<S extends object, B>(table: ResourceTable<S, B>): (keyof S)[] {
  return Object.keys(table) as (keyof S)[];
}
