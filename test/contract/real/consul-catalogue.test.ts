import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { catalogueOf } from "../../../src/catalogue/key-catalogue.ts";
import { openConsul } from "../../../src/kv/consul/consul.ts";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import { Secret } from "../../../src/secret.ts";
import { startConsul, type TestConsul } from "../../helpers/consul.ts";
import { describeCatalogue } from "../catalogue.ts";

let consul: TestConsul;
const stores: KvStore[] = [];

beforeAll(async () => {
  consul = await startConsul();
});

afterAll(async () => {
  for (const store of stores) await store.close();
  await consul?.[Symbol.asyncDispose]();
});

for (const isManaged of [true, false]) {
  describeCatalogue(isManaged ? "of the managed Consul" : "of a Consul of one's own", async () => {
    const store = await openConsul({ ...consul.address, isManaged });
    stores.push(store);
    return catalogueOf(store);
  });
}

test("a node of Axon's goes with its last registration", async () => {
  const store = await openConsul(consul.address);
  stores.push(store);
  const catalogue = catalogueOf(store);
  const id = "axon:last:web:1";
  const facts = { id, name: "last-web", service: "web", instance: 1, port: "http", number: 80 };
  const more = { protocol: "http", path: undefined, check: undefined, address: "x" } as const;
  const registrations = [{ ...facts, ...more }];
  await catalogue.register({ deployment: "last", registrations, isGood: true });
  const node = async () => (await fetch(`${consul.url}/v1/catalog/node/axon-last`)).json();
  expect(await node()).toMatchObject({ Node: { Meta: { "external-node": "true" } } });
  await catalogue.deregister({ deployment: "last", ids: [id] });
  expect(await node()).toBeNull();
});

describe("with ACLs", () => {
  const ROOT = "5a0ac4e0-4bb6-4a3f-8b2c-0d6f1f8a9c11";
  let guarded: TestConsul;

  beforeAll(async () => {
    guarded = await startConsul(
      `acl { enabled = true default_policy = "deny" tokens { master = "${ROOT}" } }`,
    );
  });

  afterAll(() => guarded?.[Symbol.asyncDispose]());

  const put = async (path: string, body: object) => {
    const headers = { "x-consul-token": ROOT };
    const request = { method: "PUT", headers, body: JSON.stringify(body) };
    // A Consul that has a leader may have no ACLs yet.
    return vi.waitFor(
      async () => {
        const response = await fetch(`${guarded.url}/v1/acl/${path}`, request);
        if (!response.ok) throw new Error(await response.text());
        return await response.json();
      },
      { timeout: 20_000, interval: 100 },
    );
  };

  test.each([
    ['service_prefix "ex-" {policy = "write"}', false],
    ['service_prefix "ex-" {policy = "write"} node "axon-ex" {policy = "write"}', true],
  ])("a token with %s may register: %s", async (rules, expected) => {
    const name = `p${String(expected)}`;
    await put("policy", { Name: name, Rules: `key_prefix "axon/" {policy = "write"} ${rules}` });
    const { SecretID } = (await put("token", { Policies: [{ Name: name }] })) as {
      SecretID: string;
    };
    const store = await openConsul({ ...guarded.address, token: new Secret(SecretID) });
    stores.push(store);
    expect(await catalogueOf(store).mayRegister?.("ex")).toBe(expected);
  });
});
