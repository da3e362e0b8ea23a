import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair } from "yaml";
import { AxonError } from "../../errors.ts";
import { aliasTargets } from "./alias-targets.ts";
import { moved, withMerged } from "./merge-maps.ts";
import type { YamlFile } from "./read-yaml.ts";
import type { Path, Tree } from "./tree.ts";

const MOST_LEVELS = 64;
/** An alias bomb is short in the file and endless when it is written out. */
const MOST_ALIASED_NODES = 10_000;

/** Where a node goes: its path, and the offset to show for it if that is not its own. */
interface Place {
  readonly path: Path;
  readonly at?: number | undefined;
}

interface Build {
  readonly yaml: YamlFile;
  readonly targets: ReadonlyMap<Alias, Node>;
  readonly errors: AxonError[];
  readonly open: Alias[];
  aliased: number;
}

/** Resolves aliases and merge keys. Problems are added to `errors`; the tree lacks what they are about. */
export function buildTree(yaml: YamlFile): { tree: Tree | undefined; errors: AxonError[] } {
  const targets = aliasTargets(yaml.document);
  const build: Build = { yaml, targets, errors: [], open: [], aliased: 0 };
  return { tree: toTree(build, yaml.document.contents, { path: [] }), errors: build.errors };
}

function toTree(build: Build, node: unknown, place: Place): Tree | undefined {
  if (place.path.length > MOST_LEVELS) return tooDeep(build, node as Node);
  if (build.open.length > 0 && ++build.aliased > MOST_ALIASED_NODES) return tooMany(build);
  if (isAlias(node)) return aliasTree(build, node, place);
  const path = place.path;
  const at = place.at ?? offsetOf(node);
  const tag = tagOf(node);
  if (isMap(node)) {
    return { kind: "map", path, at, ...tag, entries: entriesIn(build, node.items, place) };
  }
  if (isSeq(node)) {
    const items = node.items.map((item, index) => toTree(build, item, { path: [...path, index] }));
    return { kind: "list", path, at, ...tag, items: items.filter((item) => item !== undefined) };
  }
  return { kind: "scalar", path, at, ...tag, ...scalarOf(node) };
}

/** Only `!own` tags: those of YAML itself have done their work. */
function tagOf(node: unknown): { readonly tag?: string } {
  const tag = isNode(node) ? node.tag : undefined;
  return tag?.startsWith("!") ? { tag } : {};
}

function aliasTree(build: Build, alias: Alias, place: Place): Tree | undefined {
  const target = build.targets.get(alias);
  if (target === undefined) {
    return fail(build, alias, [`the anchor "&${alias.source}" is not there, or comes later`]);
  }
  if (build.open.some((open) => build.targets.get(open) === target)) {
    return fail(build, alias, [`the alias "*${alias.source}" is inside of itself`]);
  }
  build.open.push(alias);
  const tree = toTree(build, target, { path: place.path, at: place.at ?? offsetOf(alias) });
  build.open.pop();
  return tree;
}

function scalarOf(node: unknown): { value: string | number | boolean | null; text: string } {
  if (!isScalar(node)) return { value: null, text: "" };
  const { value, source } = node;
  if (value === null) return { value, text: source ?? "" };
  const text = source ?? String(value);
  if (typeof value === "boolean") return { value, text };
  return { value: typeof value === "number" && Number.isFinite(value) ? value : text, text };
}

function entriesIn(build: Build, pairs: readonly Pair[], place: Place): ReadonlyMap<string, Tree> {
  const own = new Map<string, Tree>();
  const seen = new Map<string, number>();
  const merged: Tree[] = [];
  for (const pair of pairs) {
    const key = keyOf(build, pair);
    const at = offsetOf(pair.key);
    if (key === undefined || repeats(build, seen, { key, at })) continue;
    if (isMergeKey(pair)) merged.push(...mergedMaps(build, pair, place));
    else {
      const tree = toTree(build, pair.value, { path: [...place.path, key], at });
      if (tree) own.set(key, tree);
    }
  }
  return withMerged(own, merged);
}

/** `"<<"` in quotes is a key like any other. */
function isMergeKey({ key }: Pair): boolean {
  return isScalar(key) && key.value === "<<" && key.type === "PLAIN";
}

function mergedMaps(build: Build, { key, value }: Pair, { path }: Place): readonly Tree[] {
  const tree = toTree(build, value, { path });
  if (tree === undefined) return [];
  const found = tree.kind === "list" ? tree.items : [tree];
  if (found.every(({ kind }) => kind === "map")) return found.map((map) => moved(map, path));
  const hint = "give << an alias of a map, like *base";
  fail(build, offsetOf(key), ["only maps can be merged with <<", hint]);
  return [];
}

/** `8080: http` is as good as `"8080": http`: the key is the text that is written. */
function keyOf(build: Build, { key }: Pair): string | undefined {
  const node = isAlias(key) ? build.targets.get(key) : key;
  const { value, text } = isScalar(node) ? scalarOf(node) : { value: null, text: "" };
  if (value !== null) return isUsable(text) ? text : fail(build, offsetOf(key), [UNUSABLE_KEY]);
  const found = isScalar(node) || node === null ? "empty" : "a map or a list";
  return fail(build, offsetOf(key), [`a key is ${found}, and must be text`]);
}

const UNUSABLE_KEY = "a key has a NUL, or half of a character, in it";

function isUsable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

function repeats(
  build: Build,
  seen: Map<string, number>,
  { key, at }: { key: string; at: number },
): boolean {
  const first = seen.get(key);
  if (first === undefined) {
    seen.set(key, at);
    return false;
  }
  const { line } = build.yaml.positionAt(first);
  fail(build, at, [`the key "${key}" is there twice, first on line ${line}`, "keep one of them"]);
  return true;
}

function tooDeep(build: Build, node: Node): undefined {
  return fail(build, node, [`this is nested more than ${MOST_LEVELS} levels deep`]);
}

function tooMany(build: Build): undefined {
  const [first] = build.open;
  if (!first || build.aliased > MOST_ALIASED_NODES + 1) return undefined;
  const message = `written out, the aliases come to more than ${MOST_ALIASED_NODES} values`;
  return fail(build, first, [message]);
}

function fail(
  { yaml, errors }: Build,
  where: Node | number,
  [message, hint]: readonly [message: string, hint?: string],
): undefined {
  const at = yaml.positionAt(typeof where === "number" ? where : offsetOf(where));
  errors.push(new AxonError("SERVICEFILE_SYNTAX", message, { hint, at }));
  return undefined;
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
