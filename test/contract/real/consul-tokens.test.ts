import { afterAll, beforeAll, expect, test } from "vitest";
import { openConsul } from "../../../src/kv/consul/consul.ts";
import type { TokenIssuer } from "../../../src/kv/token-issuer.ts";
import { Secret } from "../../../src/secret.ts";
import { startConsul, type TestConsul } from "../../helpers/consul.ts";
import { describeTokenIssuer } from "../token-issuer.ts";

const MASTER = "99999999-0000-4000-8000-000000000009";
const HCL = `acl { enabled = true default_policy = "deny" tokens { master = "${MASTER}" } }`;

let consul: TestConsul;
beforeAll(async () => {
  consul = await startConsul(HCL);
});
afterAll(() => consul[Symbol.asyncDispose]());

/** As Consul's own HTTP API has it. */
async function ask(path: string, { token = MASTER, method = "GET", body = {} } = {}) {
  const response = await fetch(`${consul.url}/v1/${path}`, {
    method,
    headers: { "X-Consul-Token": token },
    ...(method === "PUT" && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text };
}

async function tokensOf(token: string, at = consul): Promise<TokenIssuer> {
  const address = { ...at.address, token: new Secret(token), isManaged: true };
  const { tokens } = await openConsul({ ...address, kind: "consul" });
  if (tokens === undefined) throw new Error("no tokens");
  return tokens;
}

async function clear(): Promise<void> {
  const policies = JSON.parse((await ask("acl/policies")).text) as { ID: string; Name: string }[];
  const ours = policies.filter(({ Name }) => /^axon/.test(Name));
  for (const { ID } of ours) await ask(`acl/policy/${ID}`, { method: "DELETE" });
  const tokens = JSON.parse((await ask("acl/tokens")).text) as { AccessorID: string }[];
  for (const { AccessorID } of tokens) {
    const { Description } = JSON.parse((await ask(`acl/token/${AccessorID}`)).text);
    if (Description === "Made by axon deploy")
      await ask(`acl/token/${AccessorID}`, { method: "DELETE" });
  }
}

describeTokenIssuer("Consul", async () => ({
  tokens: await tokensOf(MASTER),
  [Symbol.asyncDispose]: clear,
}));

const SPEC = {
  name: "axon-shop",
  value: new Secret("11111111-0000-4000-8000-000000000001"),
  rights: { "axon/shop/config/": "write" },
  opensCatalogue: true,
};

test("deployments that open the catalogue at once do not stand in each other's way", async () => {
  await clear();
  const tokens = await tokensOf(MASTER);
  const names = Array.from({ length: 8 }, (_, at) => `axon-many-${at}`);
  await Promise.all(
    names.map((name, at) =>
      tokens.grant({
        ...SPEC,
        name,
        value: new Secret(SPEC.value.reveal().replace(/1$/, `${at}`)),
      }),
    ),
  );
  const seen = await Promise.all(names.map((name) => tokens.observe(name)));
  expect(seen).toEqual(
    names.map(() => expect.objectContaining({ isBound: true, isCatalogueOpen: true })),
  );
  await clear();
});

async function accessor(): Promise<string> {
  const { text } = await ask("acl/token/self", { token: SPEC.value.reveal() });
  return JSON.parse(text).AccessorID;
}

test("a policy that somebody edited, and more policies at the token are seen and put right", async () => {
  const tokens = await tokensOf(MASTER);
  await tokens.grant(SPEC);
  const { ID } = JSON.parse((await ask("acl/policy/name/axon-shop")).text);
  const Rules = 'key_prefix "" { policy = "write" }';
  await ask(`acl/policy/${ID}`, { method: "PUT", body: { Name: "axon-shop", Rules } });
  const id = await accessor();
  const Policies = [{ Name: "axon-shop" }, { Name: "global-management" }];
  await ask(`acl/token/${id}`, { method: "PUT", body: { AccessorID: id, Policies } });

  expect(await tokens.observe("axon-shop")).toMatchObject({
    rights: { "": "write", catalogue: "not all of it" },
    isBound: false,
  });
  await tokens.grant(SPEC);
  expect(await tokens.observe("axon-shop")).toMatchObject({ rights: SPEC.rights, isBound: true });
  await clear();
});

test("a policy of that name which somebody else made is left alone", async () => {
  const tokens = await tokensOf(MASTER);
  const theirs = { Name: "axon-shop", Rules: 'acl = "write"', Description: "of the deployer" };
  await ask("acl/policy", { method: "PUT", body: theirs });
  expect(await tokens.observe("axon-shop")).toEqual({ kind: "taken" });
  await clear();
});

test("who has no token sees the catalogue when it is open, and no key", async () => {
  const tokens = await tokensOf(MASTER);
  await tokens.grant(SPEC);
  await ask("kv/axon/shop/config/a", { method: "PUT" });
  const anonymous = { token: "anonymous" };
  expect(JSON.parse((await ask("catalog/services", anonymous)).text)).toHaveProperty("consul");
  expect((await ask("kv/axon/shop/config/a", anonymous)).status).toBe(403);
  expect((await ask("kv/?recurse", anonymous)).status).toBe(404);
  await clear();
});

test("a token that may only look at tokens, or not even that, is denied", async () => {
  const looks = "33333333-0000-4000-8000-000000000003";
  await ask("acl/policy", { method: "PUT", body: { Name: "axon-looks", Rules: 'acl = "read"' } });
  const body = {
    SecretID: looks,
    Policies: [{ Name: "axon-looks" }],
    Description: "Made by axon deploy",
  };
  await ask("acl/token", { method: "PUT", body });
  const nobody = "44444444-0000-4000-8000-000000000004";
  for (const token of [looks, "anonymous", nobody]) {
    expect(await (await tokensOf(token)).observe("axon-shop")).toEqual({ kind: "denied" });
  }
  await clear();
});

test("a Consul that asks nobody for a token gives none", async () => {
  await using open = await startConsul();
  expect(await (await tokensOf(MASTER, open)).observe("axon-shop")).toEqual({ kind: "off" });
});
