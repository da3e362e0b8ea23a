import { type Document, LineCounter, parseDocument, type YAMLError } from "yaml";
import { AxonError, type SourcePosition } from "../../errors.ts";

export interface YamlFile {
  readonly document: Document.Parsed;
  readonly errors: readonly AxonError[];
  positionAt(offset: number): SourcePosition;
}

/** Keys are compared later, where the first one can be named too; aliases are never expanded here. */
export function readYaml({ file, text }: { file: string; text: string }): YamlFile {
  const lineCounter = new LineCounter();
  // What is missing at the end is shown where the text ends, and not on an empty line below it.
  const last = text.trimEnd().length;
  const positionAt = (offset: number) => {
    const { line, col } = lineCounter.linePos(Math.min(offset, last));
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "error",
  });
  const errors = firstPerLine([...document.errors, ...document.warnings], positionAt);
  return { document, errors: [...errors, ...versionErrors(document, positionAt)], positionAt };
}

/** One slip makes the parser complain several times about the same line. */
function firstPerLine(
  problems: readonly YAMLError[],
  positionAt: YamlFile["positionAt"],
): readonly AxonError[] {
  const byLine = new Map<number, AxonError>();
  for (const problem of problems) {
    const at = positionAt(problem.pos[0]);
    if (!byLine.has(at.line)) byLine.set(at.line, syntaxError(problem, at));
  }
  return [...byLine.values()];
}

const SENTENCES: Partial<Record<YAMLError["code"], readonly [message: string, hint: string]>> = {
  MULTIPLE_DOCS: ["there is more than one YAML document", "remove the line ---"],
  TAB_AS_INDENT: ["a tab is used as indentation", "indent with spaces"],
  TAG_RESOLVE_FAILED: ["the tag is not known", "remove what begins with !, or quote it"],
};

function syntaxError(problem: YAMLError, at: SourcePosition): AxonError {
  const [message, hint] = SENTENCES[problem.code] ?? [plainSentence(problem.message), undefined];
  return new AxonError("SERVICEFILE_SYNTAX", message, { hint, at });
}

function plainSentence(message: string): string {
  const [line = ""] = message.split("\n");
  return (line.charAt(0).toLowerCase() + line.slice(1)).replace(/[.:]$/, "");
}

/** YAML 1.1 reads `no` and `1:30` differently. */
function versionErrors(
  { directives }: Document.Parsed,
  positionAt: YamlFile["positionAt"],
): readonly AxonError[] {
  const version = directives.yaml.explicit ? directives.yaml.version : "1.2";
  if (version === "1.2") return [];
  const message = `YAML ${version} is asked for, and a Servicefile is YAML 1.2`;
  const hint = "remove the line %YAML";
  return [new AxonError("SERVICEFILE_SYNTAX", message, { hint, at: positionAt(0) })];
}
