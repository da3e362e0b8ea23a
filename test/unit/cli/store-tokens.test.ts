import { describe, expect, test } from "vitest";
import { type TokenSituation, tokenNotices, wantedToken } from "../../../src/cli/store-tokens.ts";
import type { LiveToken } from "../../../src/live.ts";
import { Secret } from "../../../src/secret.ts";

const SEEN: LiveToken = {
  kind: "seen",
  value: undefined,
  rights: undefined,
  isBound: false,
  isCatalogueOpen: false,
};

function situation(overrides: Partial<TokenSituation>): TokenSituation {
  return {
    deployment: "shop",
    isManaged: false,
    token: undefined,
    number: undefined,
    digestKey: new Secret("key"),
    ...overrides,
  };
}

describe("containers get a token of their own", () => {
  test.each<[string, Partial<TokenSituation>, boolean]>([
    ["from the managed store, before it is there", { isManaged: true }, true],
    ["from a store that lets the user give some", { token: SEEN }, true],
    ["but not where the store asks for none", { token: { kind: "off" } }, false],
    ["nor where the user may not give any", { token: { kind: "denied" } }, false],
    ["nor where somebody else has what it would be called", { token: { kind: "taken" } }, false],
    ["nor from a store that knows none", {}, false],
    ["and keep it when the user may not see it", { token: { kind: "denied" }, number: "1" }, true],
  ])("%s", (_, given, isWanted) => {
    expect(wantedToken(situation(given)) !== undefined).toBe(isWanted);
  });

  test("and only in the managed store, everybody may see the catalogue", () => {
    expect(wantedToken(situation({ isManaged: true }))?.opensCatalogue).toBe(true);
    expect(wantedToken(situation({ token: SEEN }))?.opensCatalogue).toBe(false);
  });
});

test("that none can be given, or seen, is said", () => {
  const denied = { token: { kind: "denied" } } as const;
  expect(tokenNotices(situation(denied))[0]?.message).toContain("containers get none");
  expect(tokenNotices(situation({ ...denied, number: "1" }))[0]?.message).toContain("not known");
  expect(tokenNotices(situation({ token: { kind: "taken" } }))).toEqual([
    {
      code: "TOKEN_NAME_TAKEN",
      message:
        "the store has a policy axon-shop that Axon has not made: containers get no token as long as it is called so",
    },
  ]);
  expect(tokenNotices(situation({ token: SEEN }))).toEqual([]);
});
