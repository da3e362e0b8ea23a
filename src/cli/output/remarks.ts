import type { Remark } from "../../importing/findings.ts";
import type { Palette } from "./palette.ts";
import { onOneLine } from "./safe-text.ts";

const TITLES: Readonly<Record<Remark["kind"], string>> = {
  dropped: "Not in the Servicefile",
  changed: "In the Servicefile in another way",
};

/** What an import tells besides the Servicefile; "" when there is nothing to tell. `width`: of the terminal, if there is one. */
export function renderRemarks(
  remarks: readonly Remark[],
  palette: Palette,
  width = Number.POSITIVE_INFINITY,
): string {
  const blocks = (["dropped", "changed"] as const).flatMap((kind) => {
    const lines = remarks
      .filter((remark) => remark.kind === kind)
      .map((remark) => line(remark, palette, width));
    return lines.length > 0 ? [`${palette.heading(TITLES[kind])}\n${lines.join("")}`] : [];
  });
  return blocks.join("\n");
}

function line({ at, subject, says }: Remark, palette: Palette, width: number): string {
  const place = onOneLine(`${at.file}:${at.line}`);
  const text = wrapped(`  ${place} ${onOneLine(subject)}: ${onOneLine(says)}`, width);
  return `${text.replace(place, () => palette.dim(place))}\n`;
}

/** At spaces; what is continued stands further in. */
function wrapped(text: string, width: number): string {
  if (text.length < width) return text;
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(/(?<=\S) /)) {
    const longer = current === "" ? word : `${current} ${word}`;
    if (longer.length < width || current.trim() === "") current = longer;
    else {
      lines.push(current);
      current = `      ${word}`;
    }
  }
  return [...lines, current].join("\n");
}
