export interface EnvFileProblem {
  readonly line: number;
  /** `has no "="`: the rest of a sentence about the line. */
  readonly says: string;
}

export interface EnvFile {
  /** In the order of the file; of two with one name the later one counts. */
  readonly entries: readonly (readonly [name: string, value: string])[];
  readonly problems: readonly EnvFileProblem[];
}

const BLANK = /^[ \t]*(#.*)?$/;
const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([^\s=]+)[ \t]*=[ \t]*/;
/** Quotes may span lines; a comment may follow them. */
const QUOTED = /^(?:'([^']*)'|"((?:[^"\\]|\\[\s\S])*)")[ \t]*(?:#.*)?(?=\n|$)/;

/** `NAME=value` lines in compose's manner. Variables in them are not replaced. */
export function parseEnvFile(text: string): EnvFile {
  const entries: [string, string][] = [];
  const problems: EnvFileProblem[] = [];
  let rest = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  let line = 1;
  while (rest !== "") {
    const found = takeLine(rest);
    if (typeof found.entry === "string") problems.push({ line, says: found.entry });
    else if (found.entry) entries.push(found.entry);
    line += found.taken.split("\n").length;
    rest = rest.slice(found.taken.length + 1);
  }
  return { entries, problems };
}

interface Taken {
  /** Without the line break that ends it. */
  readonly taken: string;
  /** Text is what is wrong; undefined: nothing is said. */
  readonly entry: [string, string] | string | undefined;
}

function takeLine(text: string): Taken {
  const [line = ""] = text.split("\n", 1);
  if (BLANK.test(line)) return { taken: line, entry: undefined };
  const [before, name = ""] = ASSIGNMENT.exec(line) ?? [];
  if (before === undefined) return { taken: line, entry: 'must be NAME=value, and has no "="' };
  const value = text.slice(before.length);
  if (line.includes("\0")) return { taken: line, entry: "has a NUL character in it" };
  if (!/^['"]/.test(value)) return { taken: line, entry: [name, plain(line.slice(before.length))] };
  const [whole, single, double = ""] = QUOTED.exec(value) ?? [];
  if (whole === undefined) return { taken: line, entry: unclosed(name) };
  return { taken: before + whole, entry: [name, single ?? unescaped(double)] };
}

function unclosed(name: string): string {
  return `gives ${name} a value with a quote that is not closed, or with text behind it`;
}

/** ` # like this` is a comment, `a#b` is not. */
function plain(text: string): string {
  return text.replace(/(^|[ \t])#.*$/, "").trimEnd();
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function unescaped(text: string): string {
  return text.replaceAll(/\\([\s\S])/g, (_, character: string) =>
    /["\\$`nrt]/.test(character) ? (ESCAPES[character] ?? character) : `\\${character}`,
  );
}
