import type { Entries } from "./compose/service-context.ts";
import { isMap, type Out, type OutMap } from "./out.ts";

/** Several keys may lead to one: lists are joined, maps too, and else the last one counts. */
export function mergeEntries(entries: Entries): Entries {
  const all = new Map<string, Out | undefined>();
  for (const [key, value] of entries) all.set(key, together(all.get(key), value));
  return [...all];
}

function together(before: Out | undefined, value: Out | undefined): Out | undefined {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value];
  if (isMap(before) && isMap(value)) return mergedMaps(before, value);
  if (Array.isArray(before) && isMap(value)) return together(startedAll(before), value);
  return value;
}

function mergedMaps(before: OutMap, value: OutMap): OutMap {
  const all = new Map(before);
  for (const [key, part] of value) {
    const own = all.get(key);
    all.set(key, isMap(own) && isMap(part) ? mergedMaps(own, part) : part);
  }
  return all;
}

/** `require` as a list leaves the condition open. */
function startedAll(names: readonly Out[]): OutMap {
  return new Map(names.map((name) => [String(name), "started"]));
}
