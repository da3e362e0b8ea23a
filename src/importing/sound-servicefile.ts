import { AxonError, AxonErrors, type SourcePosition } from "../errors.ts";
import type { Variables } from "../servicefile/interpolate/variables.ts";
import { parseServicefile } from "../servicefile/parse-servicefile.ts";
import { readTree } from "../servicefile/yaml/read-tree.ts";
import type { Path, Tree } from "../servicefile/yaml/tree.ts";
import type { Findings } from "./findings.ts";
import type { Node } from "./node.ts";
import { isMap, type Out, type OutMap } from "./out.ts";
import { writeServicefile } from "./write-servicefile.ts";

export interface Origins {
  readonly variables: Variables;
  readonly findings: Findings;
  /** What stands at a path of the Servicefile comes from there. */
  originOf(path: Path): Node;
}

const FILE = "Servicefile";
/** Of a word that is refused the whole command is taken out. */
const WHOLE = new Map([
  ["cmd", 2],
  ["entrypoint", 2],
  ["healthcheck", 3],
]);
/** Keys of an item of a list without which it is nothing. */
const NEEDED = new Set(["type", "source", "target", "name"]);
/** One thing may be hidden behind another; this ends all the same. */
const MOST_ROUNDS = 20;

/**
 * The text of a Servicefile that can be planned: what the language does not take is taken out, and told with the
 * reason that the language gives.
 */
export function soundServicefile(content: OutMap, origins: Origins): string {
  let sound = content;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const text = writeServicefile(sound);
    const faults = located(text, origins.variables);
    const removed = faults.filter(({ message }) => !isOfVariable(message));
    if (removed.length === 0) {
      for (const fault of faults) tellVariable(fault, origins);
      return text;
    }
    const gone = new Set(removed.map((fault) => JSON.stringify(remove(fault, origins))));
    sound = without(sound, [], gone);
  }
  return writeServicefile(sound);
}

interface Fault {
  readonly message: string;
  readonly hint: string | undefined;
  readonly path: Path;
}

function located(text: string, variables: Variables): readonly Fault[] {
  const faults = faultsOf(text, variables);
  if (faults.length === 0) return [];
  const { tree, positionAt } = readTree({ file: FILE, text });
  return faults.map(({ message, hint, at }) => ({
    message,
    hint,
    path: pathAt(tree, at, positionAt),
  }));
}

function faultsOf(text: string, variables: Variables): readonly AxonError[] {
  try {
    parseServicefile({ file: FILE, text }, { variables });
    return [];
  } catch (error) {
    if (error instanceof AxonErrors) return error.errors;
    if (error instanceof AxonError) return [error];
    throw error;
  }
}

/** Without it the service would be another one: whoever plans is told what to do. */
function isOfVariable(message: string): boolean {
  return / which is not set| name looks secret/.test(message);
}

/** That a variable must be set is none of the file's faults: Compose asks for it, too. */
function tellVariable({ message, path }: Fault, { findings, originOf }: Origins): void {
  const { subject, says } = sentence(message);
  if (!says.includes("looks secret")) return;
  findings.change(
    subject,
    originOf(path),
    `${says}: axon plan refuses it until it is in env or in Secrets`,
  );
}

function remove({ message, hint, path }: Fault, { findings, originOf }: Origins): Path {
  const key = String(path[1]);
  const isItem = path.length === 4 && NEEDED.has(String(path[3]));
  const cut = path.slice(0, isItem ? 3 : (WHOLE.get(key) ?? path.length));
  const { subject, says } = sentence(message);
  findings.drop(subject, originOf(cut), reason(says, hint));
  return cut;
}

/** A list of all the keys that there are helps nobody who has not written the file by hand. */
function reason(says: string, hint: string | undefined): string {
  if (says.startsWith("is not a known key")) return "has no counterpart";
  return [says, hint].filter(Boolean).join("; ");
}

/** `web.user must be text` is about web.user. */
function sentence(message: string): { readonly subject: string; readonly says: string } {
  const [subject = "", ...words] = message.split(" ");
  return { subject, says: words.join(" ") };
}

/** The deepest part that stands there. */
function pathAt(
  tree: Tree,
  at: SourcePosition | undefined,
  positionAt: (offset: number) => SourcePosition,
): Path {
  const { line, column } = positionAt(tree.at);
  const isHere = line === at?.line && column === at.column;
  const parts =
    tree.kind === "list" ? tree.items : tree.kind === "map" ? [...tree.entries.values()] : [];
  const below = parts.map((part) => pathAt(part, at, positionAt)).find((path) => path.length > 0);
  return below ?? (isHere ? tree.path : []);
}

function without(map: OutMap, path: Path, gone: ReadonlySet<string>): OutMap {
  const entries = [...map].flatMap(([key, value]): readonly [string, Out][] => {
    const kept = remaining(value, [...path, key], gone);
    return kept === undefined ? [] : [[key, kept]];
  });
  return new Map(entries);
}

function remaining(value: Out, path: Path, gone: ReadonlySet<string>): Out | undefined {
  if (gone.has(JSON.stringify(path))) return undefined;
  if (Array.isArray(value)) {
    const items = value.flatMap((item, index) => remaining(item, [...path, index], gone) ?? []);
    return items.length > 0 || value.length === 0 ? items : undefined;
  }
  if (!isMap(value)) return value;
  const kept = without(value, path, gone);
  return kept.size > 0 || value.size === 0 ? kept : undefined;
}
