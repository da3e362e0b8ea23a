import { compareSync } from "bcryptjs";
import { expect, test } from "vitest";
import { openPasswordHash } from "../../../src/cli/password-hash.ts";
import { domain } from "./build-routing.ts";

const basic = { "example.org": domain("shop:website", { authMode: "basic" }) };

test("a digest is RFC 2617's: the example of its section 3.5", async () => {
  const hash = await openPasswordHash({});
  expect(hash.digest("Mufasa", "testrealm@host.com", "Circle Of Life")).toBe(
    "939e7578ed9e3c518a452acee763bce9",
  );
});

test("a basic hash fits its password, and no other", async () => {
  const hashed = (await openPasswordHash(basic)).basic("shop/example.org/adam", "pässword");
  expect(hashed).toMatch(/^\$2y\$10\$/);
  expect(compareSync("pässword", hashed)).toBe(true);
  expect(compareSync("password", hashed)).toBe(false);
});

test("a basic hash is the same for the same input, and another for another user", async () => {
  const { basic: hash } = await openPasswordHash(basic);
  expect(hash("a", "x")).toBe(hash("a", "x"));
  expect(hash("a", "x")).not.toBe(hash("b", "x"));
});

test("bcrypt is not there where no domain asks for it", async () => {
  const hash = await openPasswordHash({ "example.org": domain("shop:website") });
  expect(() => hash.basic("a", "x")).toThrow("does not ask for it");
});
