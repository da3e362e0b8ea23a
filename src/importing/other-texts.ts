/**
 * Texts of the files that other files name. A path is seen from the directory of the Servicefile. undefined: not
 * read yet; null: it is not there. What is not read yet is asked for by `wanted`.
 */
export class OtherTexts {
  readonly wanted = new Set<string>();
  readonly #texts: ReadonlyMap<string, string | null>;
  readonly #shown: (path: string) => string;

  constructor(texts: ReadonlyMap<string, string | null>, shown: (path: string) => string) {
    this.#texts = texts;
    this.#shown = shown;
  }

  read(path: string): string | null | undefined {
    const text = this.#texts.get(path);
    if (text === undefined) this.wanted.add(path);
    return text;
  }

  /** As readers know it. */
  shown(path: string): string {
    return this.#shown(path);
  }
}
