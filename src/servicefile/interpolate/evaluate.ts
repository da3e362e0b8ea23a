import { lateReference } from "./late-reference.ts";
import type { Part, Reference } from "./template.ts";
import type { Value } from "./variables.ts";

export interface Evaluated {
  readonly text: string;
  readonly isSecret: boolean;
}

export interface Scope {
  /** undefined: not set. */
  lookup(name: string): Value | undefined;
  /** Called for every name that was used, also for those that are resolved later. */
  onUse(name: string): void;
  onUnset(name: string): void;
  /** `${NAME:?message}` */
  onRequired(name: string, message: string): void;
  /** With the variables put in it is more than anybody means. */
  onTooLong(): void;
}

/** Each of a few variables may be ten times the one before it. */
const LONGEST = 1_000_000;

const PLAIN: Evaluated = { text: "", isSecret: false };

export function evaluate(parts: readonly Part[], scope: Scope): Evaluated {
  const values = parts.map((part) =>
    typeof part === "string" ? { ...PLAIN, text: part } : resolved(part, scope),
  );
  if (values.reduce((sum, { text }) => sum + text.length, 0) > LONGEST) {
    scope.onTooLong();
    return PLAIN;
  }
  return {
    text: values.map(({ text }) => text).join(""),
    isSecret: values.some(({ isSecret }) => isSecret),
  };
}

function resolved(reference: Reference, scope: Scope): Evaluated {
  const { name, operator = "", word } = reference;
  const found = scope.lookup(name);
  scope.onUse(name);
  if (found === undefined && name.includes(".")) {
    const behind = evaluate(word, scope);
    return { ...behind, text: lateReference(name, operator, behind.text) };
  }
  const isThere = found !== undefined && !(operator.startsWith(":") && found.text === "");
  if (operator.endsWith("+")) return isThere ? evaluate(word, scope) : PLAIN;
  if (isThere) return found;
  if (operator.endsWith("-")) return evaluate(word, scope);
  if (operator.endsWith("?")) scope.onRequired(name, evaluate(word, scope).text);
  else scope.onUnset(name);
  return PLAIN;
}
