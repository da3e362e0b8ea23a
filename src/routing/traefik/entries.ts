import type { Text } from "../../secret.ts";

export type Entry = readonly [key: string, value: Text];
export type Entries = readonly Entry[];

export function entry(key: string, value: Text): Entry {
  return [key, value];
}

/** Traefik sorts the places in a list as text: they are padded to equal length. */
export function listed<T extends Text>(
  key: string,
  values: readonly T[],
): (readonly [string, T])[] {
  const width = String(values.length - 1).length;
  return values.map((value, index) => [`${key}/${String(index).padStart(width, "0")}`, value]);
}
