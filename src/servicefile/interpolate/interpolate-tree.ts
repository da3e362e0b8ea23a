import type { Problem, Report } from "../problems/problem.ts";
import type { ReferenceEntry } from "../servicefile.ts";
import type { Path, ScalarTree, Tree } from "../yaml/tree.ts";
import { without } from "../yaml/without.ts";
import { type Evaluated, evaluate } from "./evaluate.ts";
import { hasLateReference } from "./late-reference.ts";
import { isEnvList, isIgnored, mayBeLate, mayBeSecret } from "./places.ts";
import { parseTemplate } from "./template.ts";
import { reportUnset, type UnsetName } from "./unset-names.ts";
import type { Value } from "./variables.ts";

export interface Interpolated {
  readonly tree: Tree;
  readonly references: readonly ReferenceEntry[];
}

export interface InterpolateScope {
  lookup(name: string): Value | undefined;
  lineOf(path: Path): number;
}

interface Work extends InterpolateScope {
  readonly report: Report;
  readonly references: ReferenceEntry[];
  readonly unset: UnsetName[];
  /** What cannot stay, and was told. */
  readonly refused: Path[];
  /** Characters of all values that have variables in them. */
  length: number;
}

/** Each value may be within bounds, and all of them together still be more than there is memory for. */
const LONGEST = 10_000_000;

/** Replaces references in all values, once: what a variable holds is not looked at again. */
export function interpolateTree(tree: Tree, scope: InterpolateScope, report: Report): Interpolated {
  const work: Work = { ...scope, report, references: [], unset: [], refused: [], length: 0 };
  const replaced = replacedTree(tree, work);
  reportUnset(work.unset, scope, report);
  return { tree: without(replaced, work.refused), references: work.references };
}

function replacedTree(tree: Tree, work: Work): Tree {
  if (isIgnored(tree.path)) return tree;
  if (tree.kind === "scalar") return replacedScalar(tree, work);
  if (tree.kind === "list") {
    return { ...tree, items: tree.items.map((item) => replacedTree(item, work)) };
  }
  const entries = [...tree.entries].map(
    ([key, value]) => [key, replacedTree(value, work)] as const,
  );
  return { ...tree, entries: new Map(entries) };
}

function replacedScalar(tree: ScalarTree, work: Work): Tree {
  if (tree.value === null) return tree;
  if (tree.text.includes("\0")) return refused(tree, work, HAS_NUL);
  if (!tree.text.isWellFormed()) return refused(tree, work, HAS_HALF);
  const text = isEnvList(tree.path) ? withValue(tree.text) : tree.text;
  if (!text.includes("$")) return tree;
  const parts = parseTemplate(text);
  if (parts === undefined) return refused(tree, work, NO_REFERENCE);
  const before = work.unset.length;
  const evaluated = evaluate(parts, scopeAt(tree.path, work));
  if (work.unset.length > before) work.refused.push(tree.path);
  work.length += evaluated.text.length;
  if (work.length > LONGEST) {
    // Told once, for the value with which it is too much.
    if (work.length - evaluated.text.length <= LONGEST) return refused(tree, work, ALL_TOO_LONG);
    work.refused.push(tree.path);
    return tree;
  }
  return checked(tree, evaluated, work);
}

const NO_REFERENCE = {
  says: `has a "\${" that is not the beginning of a reference`,
  hint: `write \${NAME} or \${NAME:-other}; a dollar sign is written $$`,
};

const HAS_NUL = {
  says: "has a NUL character in it",
  hint: "remove it: no variable, argument or key can hold one",
};

const HAS_HALF = {
  says: "has half of a character in it",
  hint: "write the whole character, like \\U0001F600, in place of its UTF-16 halves",
};

const TOO_LONG = {
  says: "has more than a million characters when its variables are put in",
  hint: "look at how Vars use each other",
};

const ALL_TOO_LONG = {
  says: "brings all values with variables in them to more than ten million characters",
  hint: "look at how Vars use each other",
};

/** `NAME` alone, as in compose: the variable of that name. */
function withValue(text: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? `${text}=\${${text}}` : text;
}

function scopeAt(path: Path, work: Work) {
  return {
    lookup: work.lookup,
    onUse: (name: string) =>
      work.references.push({ name, source: work.lookup(name)?.source, path }),
    onUnset: (name: string) => work.unset.push({ name, path }),
    onRequired: (name: string, message: string) => {
      const says = message === "" ? "which is not set" : `which is not set: ${message}`;
      refuse(path, work, { says: `needs ${name}, ${says}` });
    },
    onTooLong: () => refuse(path, work, TOO_LONG),
  };
}

function checked(tree: ScalarTree, { text, isSecret }: Evaluated, work: Work): Tree {
  if (isSecret && !mayBeSecret(tree.path)) return refused(tree, work, SHOWN);
  if (hasLateReference(text) && !mayBeLate(tree.path)) return refused(tree, work, TOO_EARLY);
  return { ...tree, value: typed(text), text, ...(isSecret && { isSecret }) };
}

const SHOWN = {
  says: "uses a variable whose name looks secret, and is shown in plans",
  hint: "hand secrets over in env or in secrets",
};

const TOO_EARLY = {
  says: "uses a name with a dot that is not known yet when it is read",
  hint: "such names can be used in env, commands, contents of Files, Config and passwords",
};

type Fault = Omit<Problem, "path">;

function refused(tree: ScalarTree, work: Work, fault: Fault): Tree {
  refuse(tree.path, work, fault);
  return tree;
}

function refuse(path: Path, { report, refused }: Work, fault: Fault): void {
  report({ path, ...fault });
  refused.push(path);
}

/** As YAML would read it, so that a number can come from a variable. */
function typed(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  const isNumber = /^[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(text);
  return isNumber ? Number(text) : text;
}
