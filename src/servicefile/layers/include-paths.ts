import { AxonError, type SourcePosition } from "../../errors.ts";
import { OUTSIDE_HINT, pathFrom } from "../path-from.ts";
import { quoted } from "../problems/show-value.ts";
import { childOf, isNull, itemsOf, type Tree } from "../yaml/tree.ts";
import type { Layer } from "./read-layer.ts";

/** A file that another one includes. */
export interface Include {
  /** From the directory of the Servicefile. */
  readonly path: string;
  readonly at: SourcePosition;
}

/** What the section `Includes` names, the strongest first. Throws what is wrong with the first entry that is. */
export function includePaths(
  { tree, positionAt }: Layer,
  allowOutside: boolean,
): readonly Include[] {
  const section = childOf(tree, "Includes");
  if (section === undefined || isNull(section)) return [];
  const fail = (part: Tree, message: string, hint: string) =>
    new AxonError("SERVICEFILE_INVALID", `Includes ${message}`, { hint, at: positionAt(part.at) });
  if (section.kind !== "list") {
    throw fail(section, "must be a list of files", "write [base.yaml]");
  }
  return itemsOf(section).map((item) => {
    if (item.kind !== "scalar" || item.value === null) {
      throw fail(item, "has an entry that is not the path of a file", "write [base.yaml]");
    }
    if (item.text.includes("$")) {
      const hint =
        "name the file as it is; what differs from place to place belongs into an overlay";
      throw fail(item, `names ${quoted(item.text)}: no variable is known yet`, hint);
    }
    const { path, isOutside } = pathFrom(tree.file, item.text);
    const says = `names ${quoted(item.text)}, which is`;
    if (path === "") throw fail(item, `${says} not a file`, "write [base.yaml]");
    if (isOutside && !allowOutside) {
      throw fail(item, `${says} outside of the directory of the Servicefile`, OUTSIDE_HINT);
    }
    return { path, at: positionAt(item.at) };
  });
}
