/** Comparing thousands of misspelt names with thousands of others would take minutes. */
const MOST_KNOWN = 200;

/** The known word that is a slip of the hand away, if there is one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length > MOST_KNOWN) return undefined;
  const most = word.length <= 4 ? 1 : 2;
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate, most) }))
    .filter(({ distance }) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Optimal string alignment: two neighbours that changed places count as one slip. */
function editDistance(from: string, to: string, most: number): number {
  if (Math.abs(from.length - to.length) > most) return most + 1;
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const cell = (i: number, j: number) => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = cell(i - 1, j - 1) + Number(a[i - 1] !== b[j - 1]);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? cell(i - 2, j - 2) + 1 : change;
      rows[i]?.push(Math.min(change, swap, cell(i - 1, j) + 1, cell(i, j - 1) + 1));
    }
  }
  return cell(a.length, b.length);
}
