import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { catalogueOf } from "../../../src/catalogue/key-catalogue.ts";
import { openConsul } from "../../../src/kv/consul/consul.ts";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import type { ToldHealth } from "../../../src/live.ts";
import type { RegistrationCheck } from "../../../src/model.ts";
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
  const name = isManaged ? "of the managed Consul" : "of a Consul of one's own";
  const open = async () => {
    const store = await openConsul({ ...consul.address, isManaged });
    stores.push(store);
    return catalogueOf(store);
  };
  describeCatalogue(name, open, { looks: isManaged });

  test(`checks ${name} are those of what was registered last, and no others`, async () => {
    const catalogue = await open();
    const deployment = isManaged ? "checked" : "checked-own";
    const id = `axon:${deployment}:web:1`;
    const checks = async () => {
      const response = await fetch(`${consul.url}/v1/health/checks/${deployment}-web`);
      const found = (await response.json()) as { CheckID: string; Status: string }[];
      return found.map(({ CheckID, Status }) => `${CheckID.replace(id, "id")} ${Status}`).sort();
    };
    const told = isManaged ? "service:id:told" : "service:id";
    const port = isManaged ? "service:id" : "service:id:port";
    // The agent does not get to look in the time of the test.
    const times = { intervalSeconds: 86_400, timeoutSeconds: 3, retries: undefined };
    const asked = { path: undefined, port: 1, ...times };
    const facts = { id, name: `${deployment}-web`, service: "web", instance: 1, port: "http" };
    const more = { number: 80, protocol: "http", path: undefined, address: "localhost" } as const;
    const register = (check: RegistrationCheck | undefined, health: ToldHealth) =>
      catalogue.register({ deployment, registrations: [{ ...facts, ...more, check }], health });
    await register({ ...asked, isWhole: false }, "passing");
    const well = [`${port} passing`, ...(isManaged ? [] : [`${told} passing`])];
    await expect.poll(checks).toEqual(well.sort());
    await register({ ...asked, isWhole: false }, "critical");
    // What the agent has seen of a port stands until it looks again.
    const seen = isManaged ? "passing" : "critical";
    await expect.poll(checks).toEqual([`${port} ${seen}`, `${told} critical`].sort());
    await register({ ...asked, isWhole: true }, "passing");
    await expect.poll(checks).toEqual(["service:id passing"]);
    await register(undefined, "critical");
    await expect.poll(checks).toEqual([`${told} critical`]);
    await catalogue.deregister({ deployment, ids: [id] });
    await expect.poll(checks).toEqual([]);
  });
}

test("the managed Consul tells whose own check fails, and not who was only told to be critical", async () => {
  const store = await openConsul({ ...consul.address, isManaged: true });
  stores.push(store);
  const catalogue = catalogueOf(store);
  const times = { intervalSeconds: 1, timeoutSeconds: 1, retries: undefined, isWhole: false };
  const one = (deployment: string, service: string, port: number) => ({
    id: `axon:${deployment}:${service}:1`,
    name: `${deployment}-${service}`,
    ...({ service, instance: 1, port: "http", protocol: "http", path: undefined } as const),
    ...{ number: port, address: "localhost", check: { path: undefined, port, ...times } },
  });
  const register = (deployment: string, service: string, port: number) =>
    catalogue.register({
      deployment,
      registrations: [one(deployment, service, port)],
      health: service === "told" ? "critical" : "passing",
    });
  await register("seen", "shut", 1);
  await register("seen", "open", 8500);
  await register("seen", "told", 8500);
  await register("seen-b", "shut", 1);
  const failing = (deployment: string) => catalogue.failing?.(deployment);
  const patience = { timeout: 20_000 };
  await expect.poll(() => failing("seen-b"), patience).toEqual(["axon:seen-b:shut:1"]);
  await expect.poll(() => failing("seen"), patience).toEqual(["axon:seen:shut:1"]);
});

test("what only the engine can tell stays told when the managed Consul starts anew, though the port is open", async () => {
  await using own = await startConsul();
  const store = await openConsul({ ...own.address, isManaged: true });
  stores.push(store);
  const catalogue = catalogueOf(store);
  const times = { intervalSeconds: 1, timeoutSeconds: 1, retries: undefined };
  const check = { path: undefined, port: 8500, ...times };
  const facts = { id: "axon:anew:web:1", name: "anew-web", service: "web", instance: 1 };
  const more = { port: "http", number: 8500, protocol: "http", path: undefined } as const;
  const one = { ...facts, ...more, address: "localhost", check: { ...check, isWhole: false } };
  await catalogue.register({ deployment: "anew", registrations: [one], health: "critical" });
  const states = async () => {
    const response = await fetch(`${own.url}/v1/health/checks/anew-web`);
    const found = (await response.json()) as { CheckID: string; Status: string }[];
    return Object.fromEntries(found.map(({ CheckID, Status }) => [CheckID, Status]));
  };
  const seen = {
    "service:axon:anew:web:1": "passing",
    "service:axon:anew:web:1:told": "critical",
  };
  const patience = { timeout: 20_000 };
  await expect.poll(states, patience).toEqual(seen);
  await own.restart();
  await expect
    .poll(async () => (await fetch(`${own.url}/v1/agent/checks`)).json(), patience)
    .toMatchObject({
      "service:axon:anew:web:1": { Status: "passing" },
      "service:axon:anew:web:1:told": { Status: "critical" },
    });
  await expect.poll(states, patience).toEqual(seen);
});

test("who looks after a Consul of one's own is told to ask for the host that the container asks for", async () => {
  const store = await openConsul(consul.address);
  stores.push(store);
  const facts = { id: "axon:esm:web:1", name: "esm-web", service: "web", instance: 1 };
  const more = { port: "http", number: 80, protocol: "http", path: undefined } as const;
  const check = { path: "/up", intervalSeconds: 5, timeoutSeconds: 3, retries: 3, isWhole: true };
  const definitionAt = async (port: number) => {
    const one = { ...facts, ...more, address: "0123456789ab", check: { ...check, port } };
    const registrations = [one];
    await catalogueOf(store).register({ deployment: "esm", registrations, health: "passing" });
    const response = await fetch(`${consul.url}/v1/health/checks/esm-web?consistent`);
    return ((await response.json()) as { Definition: object }[]).map(
      ({ Definition }) => Definition,
    );
  };
  const times = { Interval: "5s", Timeout: "3s" };
  expect(await definitionAt(8000)).toMatchObject([
    { HTTP: "http://0123456789ab:8000/up", Header: { Host: ["127.0.0.1:8000"] }, ...times },
  ]);
  expect(await definitionAt(80)).toMatchObject([{ Header: { Host: ["127.0.0.1"] }, ...times }]);
  await catalogueOf(store).deregister({ deployment: "esm", ids: [facts.id] });
});

test("a node of Axon's goes with its last registration", async () => {
  const store = await openConsul(consul.address);
  stores.push(store);
  const catalogue = catalogueOf(store);
  const id = "axon:last:web:1";
  const facts = { id, name: "last-web", service: "web", instance: 1, port: "http", number: 80 };
  const more = { protocol: "http", path: undefined, check: undefined, address: "x" } as const;
  const registrations = [{ ...facts, ...more }];
  await catalogue.register({ deployment: "last", registrations, health: "passing" });
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
