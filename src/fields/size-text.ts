const UNITS = [
  ["g", 1024 ** 3],
  ["m", 1024 ** 2],
  ["k", 1024],
] as const;

/** Bytes as one writes them: `512m`. */
export function sizeText(bytes: number | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const [letter, unit] = UNITS.find(([, size]) => bytes > 0 && bytes % size === 0) ?? ["", 1];
  return `${bytes / unit}${letter}`;
}
