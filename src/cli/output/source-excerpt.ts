import { looksSecret } from "../../secret.ts";
import { onOneLine } from "./safe-text.ts";

interface Excerpt {
  readonly text: string;
  /** What goes below the text: a caret under the place. */
  readonly caret: string;
}

const WIDTH = 75;
/** A longer line is nothing that a person has written, and takes its time. */
const LONGEST = 10_000;
const CUT = "...";
const HIDDEN = "(sensitive)";

/** One of the lines of a file: safe to print, without what is secret, and not wider than a terminal. */
export function excerptOf(
  source: readonly string[] | undefined,
  { line, column }: { line: number; column: number },
): Excerpt | undefined {
  const text = source?.[line - 1];
  if (text === undefined || text.length > LONGEST || text.trim() === "") return undefined;
  const secretAt = startOfSecret(text);
  const shown = text.slice(0, secretAt) + (secretAt < text.length ? HIDDEN : "");
  const before = text.slice(0, Math.min(column - 1, secretAt));
  return fitted([...onOneLine(withoutLogins(shown))], [...onOneLine(withoutLogins(before))].length);
}

function fitted(text: readonly string[], caret: number): Excerpt {
  const start = Math.max(0, Math.min(caret - WIDTH / 3, text.length - WIDTH));
  const from = text.length > WIDTH ? Math.floor(start) : 0;
  const inside = text.slice(from, from + WIDTH);
  if (from > 0) inside.splice(0, CUT.length, ...CUT);
  if (from + WIDTH < text.length) inside.splice(-CUT.length, CUT.length, ...CUT);
  const left = text.slice(from, caret).reduce((width, char) => width + widthOf(char), 0);
  return { text: inside.join(""), caret: `${" ".repeat(left)}^` };
}

function widthOf(char: string): number {
  if (/\p{M}/u.test(char)) return 0;
  return /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{Emoji_Presentation}]/u.test(char)
    ? 2
    : 1;
}

/** Where the value begins whose key says that it is secret; the text's length when there is none. */
function startOfSecret(text: string): number {
  for (const { 0: match, 1: key = "", index } of text.matchAll(
    /(?<![\w.\-/])([\w.\-/]+)["']?\s*[:=]\s*/g,
  )) {
    if (key === "auth" || looksSecret(key)) return index + match.length;
  }
  return text.length;
}

function withoutLogins(text: string): string {
  return text.replaceAll(/:\/\/[^\s/@:]*:[^\s/@]*@/g, `://${HIDDEN}@`);
}
