import { AxonError, type AxonErrors } from "../../errors.ts";
import { withoutMark } from "../../servicefile/yaml/byte-order-mark.ts";
import { safeText } from "./safe-text.ts";
import { excerptOf } from "./source-excerpt.ts";

/** Adds colour, when there is a terminal to show it. */
export interface Paint {
  error(text: string): string;
  hint(text: string): string;
  dim(text: string): string;
}

/** The text of a file that an error points into, if it can be shown. */
export type Sources = (file: string) => string | undefined;

const PLAIN: Paint = { error: (text) => text, hint: (text) => text, dim: (text) => text };

/** Ends without a newline. */
export function formatError(
  error: AxonError | AxonErrors,
  sources: Sources,
  paint: Paint = PLAIN,
): string {
  const linesOf = linesIn(sources);
  if (error instanceof AxonError) return formatOne(error, linesOf, paint);
  const blocks = error.errors.slice(0, MOST_SHOWN).map((one) => formatOne(one, linesOf, paint));
  return [...blocks, countOf(error)].join("\n\n");
}

/** More than anybody reads; the rest comes when these are mended. */
const MOST_SHOWN = 200;

function countOf({ errors }: AxonErrors): string {
  const count = `${errors.length} problems`;
  return errors.length > MOST_SHOWN ? `${count}, the first ${MOST_SHOWN} are above` : count;
}

type LinesOf = (file: string) => readonly string[] | undefined;

/** A file with a thousand errors is split into lines once. */
function linesIn(sources: Sources): LinesOf {
  const known = new Map<string, readonly string[] | undefined>();
  return (file) => {
    if (!known.has(file)) known.set(file, linesOfText(sources(file)));
    return known.get(file);
  };
}

function linesOfText(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : withoutMark(text).split(/\r?\n/);
}

function formatOne(error: AxonError, linesOf: LinesOf, paint: Paint): string {
  const lines = [`${paint.error(`error ${error.code}:`)} ${safeText(error.message)}`];
  if (error.at) {
    const { file, line, column } = error.at;
    lines.push(paint.dim(`  --> ${safeText(file)}:${line}:${column}`));
    const excerpt = excerptOf(linesOf(file), error.at);
    if (excerpt) {
      lines.push(`${paint.dim("   |")} ${excerpt.text}`, `${paint.dim("   |")} ${excerpt.caret}`);
    }
  }
  if (error.hint) lines.push(`${paint.hint("hint:")} ${safeText(error.hint)}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}
