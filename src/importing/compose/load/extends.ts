import { childOf, entriesOf, type MapNode, type Node, textOf } from "../../node.ts";
import { directoryOf, joinedPath } from "../../paths.ts";
import type { SourceFile } from "../../source-file.ts";
import { withEntries, without } from "./as-map.ts";
import { type Loading, otherSource } from "./loading.ts";
import { mergeService } from "./merge.ts";

export interface Extending extends Loading {
  /** Circles that have been told. */
  readonly told: Set<string>;
  read(source: SourceFile): MapNode;
}

/** A file whose services have in them what they extend. undefined: another text is needed first. */
export function withExtended(content: MapNode, extending: Extending): MapNode | undefined {
  const services = childOf(content, "services");
  if (services?.kind !== "map") return content;
  const extended = entriesOf(services).map(([name, body]) => {
    return [name, extendedService({ name, body, content, trail: [] }, extending)] as const;
  });
  const known = extended.filter(
    (entry): entry is readonly [string, Node] => entry[1] !== undefined,
  );
  if (known.length < extended.length) return undefined;
  const entries = new Map(content.entries).set("services", withEntries(services, known));
  return withEntries(content, entries);
}

interface Service {
  readonly name: string;
  readonly body: Node;
  /** The file that it is in. */
  readonly content: MapNode;
  readonly trail: readonly string[];
}

function extendedService(service: Service, extending: Extending): Node | undefined {
  const { name, body, content, trail } = service;
  const base = childOf(body, "extends");
  if (body.kind !== "map" || base === undefined) return body;
  const own = without(body, "extends");
  const here = `${name} (${body.at.file})`;
  if (trail.includes(here)) {
    tellCircle([...trail.slice(trail.indexOf(here)), here], base, extending);
    return own;
  }
  const from = baseFile(base, content, extending);
  if (from === undefined) return extending.others.wanted.size > 0 ? undefined : own;
  const baseName = textOf(base) ?? textOf(childOf(base, "service")) ?? "";
  const found = childOf(childOf(from, "services"), baseName);
  if (found === undefined) {
    const says = `extends ${baseName}, which is not there`;
    extending.findings.fail({ subject: name, says }, base);
    return own;
  }
  const next = { name: baseName, body: found, content: from, trail: [...trail, here] };
  const extended = extendedService(next, extending);
  return extended?.kind === "map" ? mergeService(extended, own) : extended && own;
}

/** Once, whatever service it is found from. */
function tellCircle(names: readonly string[], base: Node, { findings, told }: Extending): void {
  const key = names
    .toSorted()
    .filter((name, index, all) => name !== all[index - 1])
    .join();
  if (told.has(key)) return;
  told.add(key);
  const says = `these extend each other: ${names.join(" -> ")}`;
  findings.fail({ subject: "", says }, base);
}

/** Paths in another file are seen from its own directory. */
function baseFile(base: Node, content: MapNode, extending: Extending): MapNode | undefined {
  const file = textOf(childOf(base, "file"));
  if (file === undefined) return content;
  const path = joinedPath(base.directory, file);
  const source = otherSource(path, base, extending);
  return source && extending.read({ ...source, directory: directoryOf(path) });
}
