import type { GenerateSpec } from "../servicefile.ts";
import { entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { recordOf } from "./record-of.ts";

export function canonicalGenerate(tree: Tree | undefined): Readonly<Record<string, GenerateSpec>> {
  const specs = entriesOf(tree).flatMap(([name, body]) =>
    entriesOf(body).map(([kind, length]) => {
      const encoding = kind as GenerateSpec["encoding"];
      return [name, { encoding, length: Number(textOf(length)) }] as const;
    }),
  );
  return recordOf(specs);
}
