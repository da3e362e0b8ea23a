import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TokenIssuer } from "../../src/kv/token-issuer.ts";
import type { TokenSpec } from "../../src/model.ts";
import { Secret } from "../../src/secret.ts";

export interface IssuerUnderTest extends AsyncDisposable {
  readonly tokens: TokenIssuer;
}

const ONE = "11111111-0000-4000-8000-000000000001";
const OTHER = "22222222-0000-4000-8000-000000000002";
const ABSENT = { kind: "seen", value: undefined, rights: undefined, isBound: false };

/** What every store that gives tokens must do. */
export function describeTokenIssuer(name: string, open: () => Promise<IssuerUnderTest>): void {
  describe(`${name} as a TokenIssuer`, () => {
    let world: IssuerUnderTest;
    let tokens: TokenIssuer;

    beforeEach(async () => {
      world = await open();
      tokens = world.tokens;
    });
    afterEach(() => world[Symbol.asyncDispose]());

    const spec = (overrides: Partial<TokenSpec> = {}): TokenSpec => ({
      name: "axon-shop",
      value: new Secret(ONE),
      rights: { "axon/shop/config/": "write", "axon/shop/services/": "read" },
      opensCatalogue: false,
      ...overrides,
    });

    test("a token that was never given is not there", async () => {
      expect(await tokens.observe("axon-shop")).toMatchObject(ABSENT);
    });

    test("what was granted is seen, and granting it again changes nothing", async () => {
      for (const _ of ["once", "again"]) {
        await tokens.grant(spec());
        const seen = await tokens.observe("axon-shop");
        expect(seen).toMatchObject({ kind: "seen", rights: spec().rights, isBound: true });
        expect(seen.kind === "seen" && seen.value?.reveal()).toBe(ONE);
      }
    });

    test("rights and value are changed to what is granted last", async () => {
      await tokens.grant(spec());
      const rights = { "axon/shop/config/": "read" };
      await tokens.grant(spec({ value: new Secret(OTHER), rights }));
      const seen = await tokens.observe("axon-shop");
      expect(seen).toMatchObject({ kind: "seen", rights, isBound: true });
      expect(seen.kind === "seen" && seen.value?.reveal()).toBe(OTHER);
    });

    test("the catalogue is opened for everybody when that is asked for, and stays so", async () => {
      await tokens.grant(spec());
      expect(await tokens.observe("axon-shop")).toMatchObject({ isCatalogueOpen: false });
      await tokens.grant(spec({ opensCatalogue: true }));
      await tokens.grant(spec({ name: "axon-other", value: new Secret(OTHER) }));
      expect(await tokens.observe("axon-shop")).toMatchObject({ isCatalogueOpen: true });
    });

    test("what is revoked is gone, and what has another name stays", async () => {
      await tokens.grant(spec());
      await tokens.grant(spec({ name: "axon-shop-2", value: new Secret(OTHER) }));
      for (const _ of ["once", "again"]) await tokens.revoke("axon-shop");
      expect(await tokens.observe("axon-shop")).toMatchObject(ABSENT);
      expect(await tokens.observe("axon-shop-2")).toMatchObject({ isBound: true });
    });
  });
}
