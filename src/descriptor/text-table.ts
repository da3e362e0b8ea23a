const COLUMNS = 80;

export type Row = readonly [label: string, ...values: readonly string[]];

/** Rows in aligned columns. A last column that is too long goes on below itself. */
export function table(rows: readonly Row[], indent: number): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length - 1));
  const widths = Array.from({ length: count }, (_, column) => widthOf(rows, column));
  const margin = " ".repeat(indent);
  return rows.flatMap((row) => {
    const lead = row.slice(0, -1).map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2));
    const start = margin + lead.join("");
    const [first = "", ...rest] = wrap(row.at(-1) ?? "", COLUMNS - start.length);
    return [start + first, ...rest.map((line) => " ".repeat(start.length) + line)].map((line) =>
      line.trimEnd(),
    );
  });
}

/** The last cell of a row may be as long as it likes: it pushes nothing aside. */
function widthOf(rows: readonly Row[], column: number): number {
  const cells = rows.filter((row) => row.length > column + 1).map((row) => row[column] ?? "");
  return Math.max(0, ...cells.map(({ length }) => length));
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
