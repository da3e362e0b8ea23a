/** Text and references in turn, as `${NAME:-other}` is made of them. */
export type Part = string | Reference;

export interface Reference {
  /** `TAG`, or with dots `service.redis.host`, `service.infra:redis.host`. */
  readonly name: string;
  readonly operator: Operator | undefined;
  /** What comes behind the operator. */
  readonly word: readonly Part[];
}

export type Operator = ":-" | "-" | ":?" | "?" | ":+" | "+";

/** Names with dots have dashes in them, so operators behind them have a colon. */
const HEAD =
  /\$\{(?:(service\.[a-z0-9-]+:[a-z0-9][a-z0-9-]*\.[a-z0-9.-]+|[a-z]+\.[A-Za-z0-9_.,/=&-]+)(:[-?+])?|([A-Za-z_][A-Za-z0-9_]*)(:?[-?+])?)/y;

interface Read {
  readonly parts: readonly Part[];
  readonly end: number;
}

/** What is nested more deeply than anybody means would exhaust the stack. */
const MOST_LEVELS = 50;

/**
 * `$$` is a dollar; a dollar before anything but a brace is one, too. undefined: a `${` that is no reference, or
 * stands inside of too many others.
 */
export function parseTemplate(text: string): readonly Part[] | undefined {
  return readParts(text, 0, 0)?.parts;
}

function readParts(text: string, start: number, level: number): Read | undefined {
  const parts: Part[] = [];
  let literal = "";
  let at = start;
  while (at < text.length && !(level > 0 && text[at] === "}")) {
    if (text.startsWith("${", at)) {
      const found = readReference(text, at, level);
      if (found === undefined) return undefined;
      parts.push(literal, found.reference);
      literal = "";
      at = found.end;
    } else {
      literal += text[at];
      at += text.startsWith("$$", at) ? 2 : 1;
    }
  }
  return { parts: [...parts, literal].filter((part) => part !== ""), end: at };
}

function readReference(
  text: string,
  at: number,
  level: number,
): { readonly reference: Reference; readonly end: number } | undefined {
  HEAD.lastIndex = at;
  const [head = "", dotted, colonOperator, plain, operator] = HEAD.exec(text) ?? [];
  const name = plain ?? dotted;
  if (name === undefined || level === MOST_LEVELS) return undefined;
  const used = (operator ?? colonOperator) as Operator | undefined;
  const start = at + head.length;
  const word = used === undefined ? { parts: [], end: start } : readParts(text, start, level + 1);
  if (word === undefined || text[word.end] !== "}") return undefined;
  return { reference: { name, operator: used, word: word.parts }, end: word.end + 1 };
}
