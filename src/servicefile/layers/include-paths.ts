import { AxonError, type SourcePosition } from "../../errors.ts";
import { pathFrom } from "../path-from.ts";
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
export function includePaths({ tree, positionAt }: Layer): readonly Include[] {
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
    const path = pathFrom(tree.file, item.text);
    if (path) return { path, at: positionAt(item.at) };
    const what = path === undefined ? "outside of the directory of the Servicefile" : "not a file";
    throw fail(
      item,
      `names ${quoted(item.text)}, which is ${what}`,
      "write a path below that directory",
    );
  });
}
