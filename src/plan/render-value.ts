import { diffLines } from "diff";
import type { AttributeValue } from "../fields/field.ts";
import type { AttributeChange } from "./plan.ts";

/** `path: before -> after`; text that spans lines as a line-by-line difference below the path. */
export function renderValue(attribute: AttributeChange): string[] {
  const { path, before, after, sensitive } = attribute;
  if (sensitive) return [`${path}: (sensitive, changed)`];
  if (isCertificate(before) && isCertificate(after)) {
    return [`${path}: (a certificate) -> (another one)`];
  }
  if (spansLines(before) || spansLines(after)) return [`${path}:`, ...lineDiff(before, after)];
  if (before === undefined) return [`${path}: ${show(path, after)}`];
  return beforeAndAfter(`${path}: ${show(path, before)}`, `-> ${show(path, after)}`);
}

/** What a line of 80 columns has room for beside the indentation. */
const WIDTH = 74;

function beforeAndAfter(before: string, after: string): string[] {
  const line = `${before} ${after}`;
  return line.length <= WIDTH ? [line] : [before, after];
}

/** Nobody reads one. */
function isCertificate(value: AttributeValue | undefined): boolean {
  return typeof value === "string" && value.startsWith("-----BEGIN CERTIFICATE-----");
}

function spansLines(value: AttributeValue | undefined): value is string {
  return typeof value === "string" && value.includes("\n") && !isCertificate(value);
}

function lineDiff(before: AttributeValue | undefined, after: AttributeValue | undefined): string[] {
  return diffLines(asText(before), asText(after)).flatMap(({ added, removed, value }) => {
    if (!added && !removed) return [];
    const mark = added ? "+" : "-";
    return value
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => `${mark} ${line}`);
  });
}

function asText(value: AttributeValue | undefined): string {
  return value === undefined ? "" : String(value);
}

/** Values that people write as text are quoted, so that an empty one or a blank at the end is seen. */
const QUOTED = /^(env\.|value$|config\.)/;

function show(path: string, value: AttributeValue | undefined): string {
  if (value === undefined) return "(none)";
  if (typeof value === "object") return JSON.stringify(value);
  if (isCertificate(value)) return "(a certificate)";
  return QUOTED.test(path) && typeof value === "string"
    ? JSON.stringify(value)
    : printable(String(value));
}

/** Control characters from an image or a store must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}
