/** The known word that is nearest to what was written, if one is near enough to be a slip. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const limit = written.length <= 4 ? 1 : 2;
  const ranked = known
    .map((word) => ({ word, distance: distance(written.toLowerCase(), word.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.word < b.word ? -1 : 1));
  return ranked[0]?.word;
}

export function didYouMean(written: string, known: readonly string[]): string {
  const word = nearest(written, known);
  return word === undefined ? "" : ` (did you mean "${word}"?)`;
}

/** Insertions, deletions, changes and swaps of neighbours. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      current.push(cell({ a, b, row, column, rows, left: current[column - 1] ?? 0 }));
    }
    rows.push(current);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

interface Cell {
  readonly a: string;
  readonly b: string;
  readonly row: number;
  readonly column: number;
  readonly rows: readonly (readonly number[])[];
  readonly left: number;
}

function cell({ a, b, row, column, rows, left }: Cell): number {
  const above = rows[row - 1] ?? [];
  const changed = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
  const best = Math.min(left + 1, (above[column] ?? 0) + 1, changed);
  const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
  return swapped ? Math.min(best, (rows[row - 2]?.[column - 2] ?? 0) + 1) : best;
}
