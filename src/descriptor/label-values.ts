import { durationMilliseconds } from "./duration.ts";
import { children, type LabelNode } from "./parse-label.ts";

export function textOf({ value, text }: LabelNode): string | undefined {
  return value === undefined || value === null ? undefined : String(text);
}

export function numberOf({ value }: LabelNode): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function flagOf({ value }: LabelNode): boolean {
  return value === true;
}

/** A list of words as it is; a text becomes a shell's. */
export function commandOf(node: LabelNode): readonly string[] | undefined {
  if (Array.isArray(node.value)) return wordsOf(node);
  const text = textOf(node);
  return text === undefined ? undefined : ["/bin/sh", "-c", text];
}

export function wordsOf({ text }: LabelNode): readonly string[] {
  return Array.isArray(text) ? text.map(String) : [];
}

export function millisecondsOf(node: LabelNode): number | undefined {
  const text = textOf(node);
  return text === undefined ? undefined : durationMilliseconds(text);
}

export function secondsOf(node: LabelNode): number | undefined {
  const milliseconds = millisecondsOf(node);
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

export function textsOf(node: LabelNode): Readonly<Record<string, string>> {
  return mapOf(node, (entry) => textOf(entry) ?? "");
}

/** By key, sorted, so that the order in the label means nothing. */
export function mapOf<T>(
  node: LabelNode,
  build: (entry: LabelNode, key: string) => T,
): Readonly<Record<string, T>> {
  const entries = children(node).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, build(entry, key)]));
}
