import { childOf, entriesOf, isNull, type Node, scalarOf } from "../node.ts";
import { kept, mapOf, type Out } from "../out.ts";
import { joinedPath } from "../paths.ts";
import type { Project } from "./service-context.ts";

/** What services use: sections of the Servicefile, and the sources of what is in them. */
export function sections(project: Project): readonly (readonly [string, Out])[] {
  const { content, used } = project;
  const bodies = (key: string, names: ReadonlySet<string>) =>
    entriesOf(childOf(content, key)).filter(([name]) => names.has(name));
  const all: readonly (readonly [string, readonly (readonly [string, Out | undefined])[]])[] = [
    ["Networks", bodies("networks", used.networks).flatMap(([name, body]) => network(name, body))],
    ["Volumes", bodies("volumes", used.volumes).flatMap(([name, body]) => volume(name, body))],
    ["Files", files(project, bodies("configs", used.configs))],
    ["Secrets", bodies("secrets", used.secrets).map(([name, body]) => [name, secretSource(body)])],
  ];
  return all.flatMap(([section, entries]) =>
    entries.length > 0 ? [[section, mapOf(entries)] as const] : [],
  );
}

function files(
  { texts }: Project,
  configs: readonly (readonly [string, Node])[],
): readonly Entry[] {
  const contents = [...texts].map(
    ([name, content]) => [name, mapOf([["content", content]])] as const,
  );
  return [...configs.map(([name, body]) => [name, fileSource(body)] as const), ...contents];
}

type Entry = readonly [string, Out | undefined];

function network(name: string, body: Node): readonly Entry[] {
  return name === "default" && isEmpty(body) ? [] : [[name, isEmpty(body) ? null : kept(body)]];
}

function volume(name: string, body: Node): readonly Entry[] {
  return isEmpty(body) ? [] : [[name, kept(body)]];
}

function isEmpty(body: Node): boolean {
  return isNull(body) || (body.kind === "map" && body.entries.size === 0);
}

function fileSource(body: Node): Out {
  const variable = scalarOf(childOf(body, "environment"));
  const content = scalarOf(childOf(body, "content"))?.written;
  return source(body) ?? mapOf([["content", variable ? `\${${variable.text}}` : content]]);
}

function secretSource(body: Node): Out {
  return source(body) ?? mapOf([["env", scalarOf(childOf(body, "environment"))?.written]]);
}

function source(body: Node): Out | undefined {
  const file = scalarOf(childOf(body, "file"));
  return file && mapOf([["file", joinedPath(body.directory, file.written)]]);
}
