/** One key per line, so that a person can read it with the store's own tools. */
export function encodeOwnedConfig(keys: Iterable<string>): string {
  return [...new Set(keys)].sort().join("\n");
}

export function decodeOwnedConfig(text: string): readonly string[] {
  return [...new Set(text.split("\n"))].filter((key) => key !== "").sort();
}
