import { AxonError, type AxonErrors } from "../../errors.ts";
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
  if (error instanceof AxonError) return formatOne(error, sources, paint);
  const blocks = error.errors.map((one) => formatOne(one, sources, paint));
  return [...blocks, `${blocks.length} problems`].join("\n\n");
}

function formatOne(error: AxonError, sources: Sources, paint: Paint): string {
  const lines = [`${paint.error(`error ${error.code}:`)} ${safeText(error.message)}`];
  if (error.at) {
    const { file, line, column } = error.at;
    lines.push(paint.dim(`  --> ${safeText(file)}:${line}:${column}`));
    const excerpt = excerptOf(sources(file), error.at);
    if (excerpt) {
      lines.push(`${paint.dim("   |")} ${excerpt.text}`, `${paint.dim("   |")} ${excerpt.caret}`);
    }
  }
  if (error.hint) lines.push(`${paint.hint("hint:")} ${safeText(error.hint)}`);
  return lines.map((line) => line.trimEnd()).join("\n");
}
