import type { Findings } from "../../findings.ts";
import type { Node } from "../../node.ts";
import type { OtherTexts } from "../../other-texts.ts";
import type { SourceFile } from "../../source-file.ts";

export interface Loading {
  readonly others: OtherTexts;
  readonly findings: Findings;
  /** Names of which it has been told that they are not set. */
  readonly unset: Set<string>;
  /** What variables have that only an included file gives them. */
  readonly vars: Map<string, string>;
  /** Files that led to here by include. */
  readonly trail: readonly string[];
}

/** A file that another one names; a fault where it is not there. undefined: not there, or not read yet. */
export function otherSource(
  path: string,
  named: Node,
  { others, findings }: Pick<Loading, "others" | "findings">,
): SourceFile | undefined {
  const text = others.read(path);
  if (text === null) findings.fail({ subject: others.shown(path), says: "is not there" }, named);
  return typeof text === "string" ? { file: others.shown(path), text, directory: "" } : undefined;
}
