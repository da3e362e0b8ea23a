import { nearest } from "../nearest.ts";
import type { SchemaProblem } from "../validate-servicefile.ts";
import { isNull, nodeAt, type Path, type Tree } from "../yaml/tree.ts";
import { hintFromElsewhere } from "./later-keys.ts";
import type { Problem } from "./problem.ts";
import { andIs, quoted } from "./show-value.ts";

/** One sentence in the words of the file, whatever the schema's own rules are called. */
export function explainSchemaProblem(problem: SchemaProblem, tree: Tree): Problem {
  const found = nodeAt(tree, problem.path);
  const path = found?.path ?? problem.path;
  if (problem.kind === "unknown-key") return unknownKey(path, problem.known);
  if (problem.kind === "bad-key") {
    const [says = "", hint] = problem.expected.split("; ");
    return { path, says, hint };
  }
  if (problem.kind === "missing-key") return { path, says: `must have the key ${problem.key}` };
  return { path, says: `${problem.expected}${andIs(found)}`, hint: hintFor(found) };
}

function unknownKey(path: Path, known: readonly string[]): Problem {
  const says = path.length === 1 ? "is not a known section" : "is not a known key";
  const near = nearest(String(path.at(-1)), known);
  const meant = near === undefined ? undefined : `did you mean "${near}"?`;
  return {
    path,
    says,
    hint: hintFromElsewhere(path) ?? meant ?? (path.length === 1 ? SECTION_HINT : listed(known)),
  };
}

const SECTION_HINT =
  "sections are Deployment, Includes, Env, Domains, Config, Vars, Generate, Files, Secrets, Networks, Volumes, Exec and Allow; a service's key begins with a lower-case letter";

function listed(known: readonly string[]): string {
  return `the keys here are ${known.join(", ")}`;
}

function hintFor(tree: Tree | undefined): string | undefined {
  if (tree === undefined) return undefined;
  const isService = tree.path.length === 1 && !/^[A-Z]/.test(String(tree.path[0]));
  if (isService && tree.kind === "scalar" && typeof tree.value === "string") {
    return hintFromElsewhere([...tree.path, ""]) ?? `write {image: ${tree.text.slice(0, 60)}}`;
  }
  if (isVolumePath(tree.path)) return volumesHint(tree);
  if (tree.kind === "scalar" && /^(yes|no|on|off)$/i.test(tree.text)) return "write true or false";
  return isNull(tree) && tree.path.length > 1 ? "give it a value, or remove the key" : undefined;
}

/** In the map of names to paths; a list has texts of its own kind. */
function isVolumePath(path: Path): boolean {
  return path[1] === "volumes" && path.length === 3 && Number.isNaN(Number(path[2]));
}

function volumesHint(tree: Tree): string | undefined {
  if (tree.kind !== "scalar" || isNull(tree)) return undefined;
  const path = tree.text.replace(/^[./~]+/, "");
  return `write it from the root, like ${quoted(`/${path}`)}`;
}
