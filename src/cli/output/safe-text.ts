import { stripVTControlCharacters } from "node:util";

/** Text from outside must not move the cursor or change colours: such characters are shown as U+FFFD. */
export function safeText(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}

/** A tab becomes one space, so that columns stay what they are. */
export function onOneLine(text: string): string {
  return safeText(text.replaceAll(/[\t\n]/g, " "));
}

/** A line that a program wrote, in the last state in which its terminal would have shown it, and without colour. */
export function outputLine(text: string): string {
  const states = stripVTControlCharacters(text).split("\r");
  return safeText(states.findLast((state) => state !== "") ?? "");
}
