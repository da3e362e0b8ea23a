import { expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { storeToken } from "../../../src/state/store-token.ts";

const REQUEST = {
  deployment: "shop",
  digestKey: new Secret("key"),
  number: undefined,
  opensCatalogue: true,
};
const tokenWith = (overrides: Partial<typeof REQUEST> | { readonly number: string }) =>
  storeToken({ ...REQUEST, ...overrides }).value.reveal();

test("a token is a UUID that follows from the deployment's key, its name and a number", () => {
  const value = tokenWith({});
  expect(value).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(tokenWith({})).toBe(value);
  expect(tokenWith({ number: "1" })).toBe(value);
  const others = [
    tokenWith({ number: "2" }),
    tokenWith({ deployment: "other" }),
    tokenWith({ digestKey: new Secret("another") }),
  ];
  expect(new Set([value, ...others]).size).toBe(4);
});

test("it may write the configuration and read where services are, and nothing that Axon remembers", () => {
  expect(storeToken(REQUEST).rights).toEqual({
    "axon/shop/config/": "write",
    "axon/shop/services/": "read",
  });
});
