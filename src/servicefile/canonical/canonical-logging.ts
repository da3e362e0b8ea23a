import { childOf, entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";

export function canonicalLogging(tree: Tree | undefined) {
  const options = entriesOf(childOf(tree, "options"));
  return {
    logDriver: textOf(childOf(tree, "driver")),
    logOptions: recordOf(options.map(([name, value]) => [name, textOf(value) ?? ""])),
  };
}
