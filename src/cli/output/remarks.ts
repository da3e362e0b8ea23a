import type { Remark } from "../../importing/findings.ts";
import type { Palette } from "./palette.ts";
import { onOneLine } from "./safe-text.ts";

const TITLES: Readonly<Record<Remark["kind"], string>> = {
  dropped: "Not in the Servicefile",
  changed: "In the Servicefile in another way",
};

/** What an import tells besides the Servicefile; "" when there is nothing to tell. */
export function renderRemarks(remarks: readonly Remark[], palette: Palette): string {
  const blocks = (["dropped", "changed"] as const).flatMap((kind) => {
    const lines = remarks.filter((remark) => remark.kind === kind).map((one) => line(one, palette));
    return lines.length > 0 ? [`${palette.heading(TITLES[kind])}\n${lines.join("")}`] : [];
  });
  return blocks.join("\n");
}

function line({ at, subject, says }: Remark, palette: Palette): string {
  const place = palette.dim(onOneLine(`${at.file}:${at.line}`));
  return `  ${place} ${onOneLine(subject)}: ${onOneLine(says)}\n`;
}
