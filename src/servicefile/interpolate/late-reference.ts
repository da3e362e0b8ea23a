/**
 * A reference that only a look at images and store can resolve stays in the text, between marks that no text of
 * a container can have: a NUL ends every variable and argument. What is behind its operator stands in it.
 */
export function lateReference(name: string, operator = "", word = ""): string {
  return `\0{${name}${operator}${word}\0}`;
}

export function hasLateReference(text: string): boolean {
  return text.includes("\0{");
}

export interface LateReference {
  readonly name: string;
  readonly operator: ":-" | ":?" | ":+" | undefined;
  readonly word: string;
}

const INNERMOST = /\0\{((?:[^\0:]|:(?![-?+]))*)(?:(:[-?+])([^\0]*))?\0\}/g;

/** Replaces references from the inside out. */
export function replaceLate(text: string, value: (reference: LateReference) => string): string {
  let rest = text;
  while (hasLateReference(rest)) {
    const next = rest.replaceAll(INNERMOST, (...found) =>
      value(lateIn(found)).replaceAll("\0", ""),
    );
    if (next === rest) return rest.replaceAll("\0", "");
    rest = next;
  }
  return rest;
}

function lateIn([, name, operator, word = ""]: readonly string[]): LateReference {
  return { name: name ?? "", operator: operator as LateReference["operator"], word };
}

/** Every name in it, also behind operators. */
export function lateNames(text: string): readonly string[] {
  const names: string[] = [];
  replaceLate(text, ({ name }) => {
    names.push(name);
    return "";
  });
  return names;
}
