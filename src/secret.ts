/** A value that must not be shown. Whatever prints or serializes it by accident shows a placeholder. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** For adapters only: the value in the clear. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }
}

/** Plain text, or text that must not be shown. */
export type Text = string | Secret;

const SECRET_NAME = /passw(or)?d|secret|token|credential|(private|api)[-_.]?key/i;

/** Whether a key's name alone says that its value is not for showing. */
export function looksSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Wraps the value when its name looks secret, and leaves it as it is otherwise. */
export function textFor(name: string, value: string): Text {
  return looksSecret(name) ? new Secret(value) : value;
}

/** The text itself, for comparing and for adapters. Never print the result. */
export function reveal(text: Text): string {
  return typeof text === "string" ? text : text.reveal();
}

/** A value with the secrets in it, which would turn into placeholders. Only to be compared, or digested with a key. */
export function revealAll(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealAll);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealAll(item)]));
}
