import { inspect } from "node:util";
import { expect, test } from "vitest";
import { authHeader, registryOf } from "../../../../src/engine/docker/registry-auth.ts";
import { Secret } from "../../../../src/secret.ts";

const HUB = "https://index.docker.io/v1/";

test.each([
  ["nginx", HUB],
  ["library/nginx:1", HUB],
  ["rock77/redis@sha256:0", HUB],
  ["docker.io/library/nginx", HUB],
  ["index.docker.io/nginx", HUB],
  ["ghcr.io/a/b:1", "ghcr.io"],
  ["localhost/a", "localhost"],
  ["localhost:5000/a:1", "localhost:5000"],
  ["[::1]:5000/a", "[::1]:5000"],
])("the registry of %s is %s", (reference, registry) => {
  expect(registryOf(reference)).toBe(registry);
});

test("the header tells the engine, and no log", () => {
  const password = "p?>~ü";
  const credentials = {
    kind: "password",
    username: "anna",
    password: new Secret(password),
  } as const;
  const headers = authHeader("ghcr.io", credentials);
  const text = `${headers["X-Registry-Auth"]}`;
  expect(text).toMatch(/^[\w-]+=*$/);
  expect(text.length % 4).toBe(0);
  expect(JSON.parse(Buffer.from(text, "base64url").toString())).toEqual({
    username: "anna",
    password,
    serveraddress: "ghcr.io",
  });
  const logged = inspect({ headers }, { showHidden: true, depth: null });
  expect(logged).toContain("[secret]");
  expect(logged).not.toContain(text);
});

test("an identity token goes without a name", () => {
  const headers = authHeader("ghcr.io", { kind: "token", token: new Secret("t") });
  const text = Buffer.from(`${headers["X-Registry-Auth"]}`, "base64url").toString();
  expect(JSON.parse(text)).toEqual({ identitytoken: "t", serveraddress: "ghcr.io" });
});
