/** What is at a path. */
export interface Found {
  readonly isThere: boolean;
  /** undefined: there is none, or it cannot be read. */
  readonly text?: string;
}

/**
 * Files that the imported ones name. A path is seen from the directory of the Servicefile. What has not been looked
 * at yet is asked for by `wanted`.
 */
export class OtherTexts {
  readonly wanted = new Set<string>();
  readonly #find: (path: string) => Found | undefined;
  readonly #shown: (path: string) => string;

  constructor(find: (path: string) => Found | undefined, shown: (path: string) => string) {
    this.#find = find;
    this.#shown = shown;
  }

  /** undefined: not looked at yet; null: there is no text. */
  read(path: string): string | null | undefined {
    const found = this.#at(path);
    return found && (found.text ?? null);
  }

  /** undefined: not looked at yet. */
  isThere(path: string): boolean | undefined {
    return this.#at(path)?.isThere;
  }

  /** As readers know it. */
  shown(path: string): string {
    return this.#shown(path);
  }

  #at(path: string): Found | undefined {
    const found = this.#find(path);
    if (found === undefined) this.wanted.add(path);
    return found;
  }
}
