import type { TokenIssuer } from "../../src/kv/token-issuer.ts";
import type { LiveToken } from "../../src/live.ts";
import type { TokenSpec } from "../../src/model.ts";
import type { Secret } from "../../src/secret.ts";

export interface MemoryToken {
  value?: Secret | undefined;
  rights?: Readonly<Record<string, string>> | undefined;
  isBound: boolean;
}

/** Keeps the contract of a TokenIssuer in memory. Tests may change `tokens` by hand. */
export class MemoryTokens implements TokenIssuer {
  readonly tokens = new Map<string, MemoryToken>();
  isCatalogueOpen = false;
  /** What is answered instead of what is there. */
  answer: LiveToken | undefined;

  async observe(name: string): Promise<LiveToken> {
    if (this.answer !== undefined) return this.answer;
    const { value, rights, isBound = false } = this.tokens.get(name) ?? {};
    return { kind: "seen", value, rights, isBound, isCatalogueOpen: this.isCatalogueOpen };
  }

  async grant({ name, value, rights, opensCatalogue }: TokenSpec): Promise<void> {
    this.tokens.set(name, { value, rights, isBound: true });
    this.isCatalogueOpen ||= opensCatalogue;
  }

  async revoke(name: string): Promise<void> {
    this.tokens.delete(name);
  }
}
