import type { Report } from "../problems/problem.ts";
import type { FileSource, SecretSource } from "../servicefile.ts";
import { childOf, entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { inputPath } from "./input-path.ts";
import { recordOf } from "./record-of.ts";
import { textIn } from "./text-in.ts";

export function canonicalFiles(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, FileSource>> {
  const sources = entriesOf(tree).flatMap(([name, body]) => {
    const source = fileSource(name, body, report);
    return source ? [[name, source] as const] : [];
  });
  return recordOf(sources);
}

export function canonicalSecrets(
  tree: Tree | undefined,
  report: Report,
): Readonly<Record<string, SecretSource>> {
  const sources = entriesOf(tree).flatMap(([name, body]) => {
    const source = secretSource(body, report);
    return source ? [[name, source] as const] : [];
  });
  return recordOf(sources);
}

function fileSource(name: string, body: Tree, report: Report): FileSource | undefined {
  const content = childOf(body, "content");
  if (content) return { kind: "content", content: textIn(name, content) };
  const file = inputPath(childOf(body, "file"), report);
  return file === undefined ? undefined : { kind: "file", file };
}

function secretSource(body: Tree, report: Report): SecretSource | undefined {
  const variable = textOf(childOf(body, "env"));
  if (variable !== undefined) return { kind: "env", variable };
  const key = textOf(childOf(body, "store"));
  if (key !== undefined) return { kind: "store", key };
  const file = inputPath(childOf(body, "file"), report);
  return file === undefined ? undefined : { kind: "file", file };
}
