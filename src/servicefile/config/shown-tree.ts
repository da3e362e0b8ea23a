import { looksSecret } from "../../secret.ts";
import { isExec, isService } from "../canonical/is-service.ts";
import { mayBeSecret } from "../interpolate/places.ts";
import { pathFrom } from "../path-from.ts";
import { SPELLINGS } from "../yaml/locate.ts";
import type { Path, ScalarTree, Tree } from "../yaml/tree.ts";

/** What a reader may see of a file when all is put together, in one spelling, with where each value came from. */
export type ShownTree =
  | { readonly kind: "scalar"; readonly value: Scalar; readonly origin: string }
  | { readonly kind: "list"; readonly items: readonly ShownTree[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [string, ShownTree])[] };

export type Scalar = string | number | boolean | null;

export const HIDDEN = "(sensitive)";

/** Where a part came from: `common/base.yaml:3`, `Servicefile:4, TAG from --set`. */
export type OriginOf = (part: ScalarTree) => string;

/** Without what has done its work: `Vars`, and what is ignored. */
export function shownTree(tree: Tree, originOf: OriginOf): ShownTree {
  if (tree.kind === "scalar") {
    return { kind: "scalar", value: shownValue(tree), origin: originOf(tree) };
  }
  if (tree.kind === "list") {
    return { kind: "list", items: tree.items.map((item) => shownTree(item, originOf)) };
  }
  const entries = [...tree.entries].filter(([key]) => !key.startsWith("x-"));
  const shown = tree.path.length === 0 ? inOrder(entries) : entries;
  return {
    kind: "map",
    entries: shown.map(([key, value]) => [
      ourSpelling(key, value.path),
      shownTree(value, originOf),
    ]),
  };
}

function ourSpelling(key: string, path: Path): string {
  const [top = ""] = path.map(String);
  const isOfService = isService(top) && path.length === 2;
  const isOfExec = isExec(top) && (path.length === 1 || path.length === 3);
  if (!isOfService && !isOfExec) return key;
  return SPELLINGS.find((spellings) => spellings.includes(key))?.[0] ?? key;
}

function shownValue(tree: ScalarTree): Scalar {
  if (isSecret(tree)) return HIDDEN;
  if (tree.value === null) return null;
  // `1.10` is a text that looks like a number.
  if (namesFile(tree.path)) return pathFrom(tree.file, tree.text).path || tree.text;
  const isAsWritten = typeof tree.value !== "string" && String(tree.value) === tree.text;
  return isAsWritten ? tree.value : readable(tree.text);
}

function isSecret({ path, isSecret: holdsSecret, text }: ScalarTree): boolean {
  if (holdsSecret) return true;
  if (!mayBeSecret(path)) return false;
  const isPassword = path[0] === "Domains";
  return (
    isPassword ||
    path.slice(1).some((part) => looksSecret(String(part))) ||
    isSecretEntry(path, text)
  );
}

/** Sections first. `Vars` have done their work. */
function inOrder(
  entries: readonly (readonly [string, Tree])[],
): readonly (readonly [string, Tree])[] {
  const sections = entries.filter(([key]) => !isService(key) && key !== "Vars");
  return [...sections, ...entries.filter(([key]) => isService(key))];
}

/** Such a path stands as seen from the file that it is in. */
function namesFile(path: Path): boolean {
  const [top, second, third] = path;
  if (top === "Files" || top === "Secrets") return third === "file";
  return isService(String(top)) && second === "env_file";
}

/** `- DB_PASSWORD=x` */
function isSecretEntry(path: Path, text: string): boolean {
  const name = /^(\w+)=/.exec(text)?.[1];
  return typeof path.at(-1) === "number" && name !== undefined && looksSecret(name);
}

/** As it would be written: a reference that waits is one again, and what only looks like one is kept from it. */
function readable(text: string): string {
  return text
    .replaceAll("${", () => "$${")
    .replaceAll("\0{", "${")
    .replaceAll("\0}", "}");
}
