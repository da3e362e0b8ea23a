import type { Paint } from "../../plan/render-text.ts";

export interface Screen {
  readonly paint: Paint;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** Rows below a heading, one line each; on a terminal no longer than it is wide. */
export function tableOn(screen: Screen, rows: readonly (readonly string[])[]): string {
  const [first = "", ...rest] = columns(rows).map((line) => cut(line, screen));
  return [screen.paint.heading(first), ...rest].map((line) => `${line}\n`).join("");
}

function cut(line: string, { isTerminal, columns: width }: Screen): string {
  return isTerminal && line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** Rows as lines, each column as wide as its widest cell and two spaces apart. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
