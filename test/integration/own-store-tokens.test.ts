import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { openSite, readKeys, type Site } from "../helpers/axon.ts";
import { startConsul, type TestConsul } from "../helpers/consul.ts";
import { gateway } from "../helpers/gateway.ts";
import { startRecordingProxy } from "../helpers/recording-proxy.ts";

const MASTER = "99999999-0000-4000-8000-000000000009";
const HCL = `acl { enabled = true default_policy = "deny" tokens { master = "${MASTER}" } }`;
const FILE = "legacy: {image: axon-example/legacy}\n";

/** A token with the rights that docs/store.md asks for, and none to give others. */
function weakToken(consul: TestConsul, { deployment }: Site): Promise<string> {
  const rules = [
    `key_prefix "axon/${deployment}/" { policy = "write" }`,
    'key_prefix "traefik/" { policy = "write" }',
    `service_prefix "${deployment}-" { policy = "write" }`,
    'node_prefix "" { policy = "read" }',
    'session_prefix "" { policy = "write" }',
  ].join("\n");
  return tokenFor(consul, "weak", rules);
}

async function tokenFor({ url }: TestConsul, name: string, rules: string): Promise<string> {
  const put = async (path: string, body: object) => {
    const headers = { "X-Consul-Token": MASTER };
    const response = await fetch(`${url}/v1/acl/${path}`, {
      method: "PUT",
      headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as { SecretID: string };
  };
  await put("policy", { Name: name, Rules: rules });
  return (await put("token", { Policies: [{ Name: name }] })).SecretID;
}

/** The rules that docs/your-own.md shows in a file of that name. */
async function documentedRules(file: string): Promise<string> {
  const page = await readFile("docs/your-own.md", "utf8");
  const rules = page.split("```hcl\n").find((text) => text.startsWith(`# ${file}\n`));
  if (rules === undefined) throw new Error(`docs/your-own.md shows no ${file}`);
  return rules.slice(0, rules.indexOf("```"));
}

async function envOf(site: Site, service: string): Promise<string[]> {
  const { Config } = await site.inspect(service);
  return Config.Env.filter((text) => text.startsWith("CONSUL_HTTP_TOKEN="));
}

test("with a token that may give tokens, containers get their own from a Consul of one's own", async () => {
  await using consul = await startConsul(HCL);
  const inner = { host: "127.0.0.1", port: consul.address.port };
  await using store = await startRecordingProxy(inner, await gateway());
  await using site = openSite(FILE);
  const args = ["-D", site.deployment, "--kv", `consul://${store.address}`];
  const strong = { CONSUL_HTTP_TOKEN: MASTER };
  const done = await site.axon(["deploy", ...args], strong);
  expect(done).toExitWith(0);
  expect(done.stdout).toContain("create token");
  const region = { [`axon/${site.deployment}/config/legacy/region`]: site.deployment };
  expect(await readKeys(consul.url, `axon/${site.deployment}/config/`, MASTER)).toEqual(region);
  const [variable = ""] = await envOf(site, "legacy");
  expect(variable).toMatch(/^CONSUL_HTTP_TOKEN=[0-9a-f-]{36}$/);
  expect(variable).not.toContain(MASTER);
  const own = variable.replace(/^.*=/, "");
  const seen = await readKeys(consul.url, "axon/", own);
  expect(Object.keys(seen)).toEqual([
    ...Object.keys(region),
    `axon/${site.deployment}/services/legacy/legacy`,
  ]);
  // The catalogue is read with it, and not written.
  const name = `${site.deployment}-legacy-legacy`;
  const ask = (path: string, body?: object) =>
    fetch(`${consul.url}/v1/${path}`, {
      headers: { "X-Consul-Token": own },
      ...(body && { method: "PUT", body: JSON.stringify(body) }),
    });
  const found = await ask(`health/service/${name}?passing`);
  expect(await found.json()).toMatchObject([
    { Node: { Node: `axon-${site.deployment}` }, Service: { Service: name } },
  ]);
  const names = await ask("catalog/services");
  expect(Object.keys((await names.json()) as object)).toContain(name);
  const entry = { Node: `axon-${site.deployment}`, ServiceID: `axon:${site.deployment}:legacy:1` };
  const refused = await ask("catalog/deregister", entry);
  expect(refused.status).toBe(403);
  // Who has no token sees what the store's own rules say, here nothing.
  const services = await fetch(`${consul.url}/v1/catalog/services`);
  expect(await services.json()).toEqual({});

  const weak = { CONSUL_HTTP_TOKEN: await weakToken(consul, site) };
  const plan = await site.axon(["plan", ...args], weak);
  expect(plan).toExitWith(0);
  expect(plan.stdout).toMatch(
    /^No changes\.\n(note: .*\n)*note: your token may not look at tokens/,
  );
  expect(await site.axon(["destroy", ...args, "--yes"], strong)).toExitWith(0);
  expect((await fetch(`${consul.url}/v1/acl/token/self?token=${own}`)).status).toBe(403);
});

test("with a token that may give none, containers get none, and that is said", async () => {
  await using consul = await startConsul(HCL);
  await using site = openSite("web: {image: axon-example/sleeper, ports: {http: 80}}\n");
  const args = ["-D", site.deployment, "--kv", `consul://127.0.0.1:${consul.address.port}`];
  const weak = { CONSUL_HTTP_TOKEN: await weakToken(consul, site) };
  const done = await site.axon(["deploy", ...args, "--yes"], weak);
  expect(done).toExitWith(0);
  expect(done.stdout).toContain("note: the store asks for tokens, and yours may not give any");
  expect(await envOf(site, "web")).toEqual([]);
  const again = await site.axon(["deploy", ...args], weak);
  expect(again.stdout).toMatch(/^No changes\.\n(note: .*\n)*note: the store asks for tokens/);
});

test("the tokens of docs/your-own.md are enough for Axon and for Traefik, and Traefik's for no more", async () => {
  await using consul = await startConsul(HCL);
  const inner = { host: "127.0.0.1", port: consul.address.port };
  await using store = await startRecordingProxy(inner, await gateway());
  await using site = openSite(
    `Domains: {example.org: "\${axon.deployment}:web"}\nweb: {image: rock77/website, cmd: /bin/runserver}\n${FILE}`,
  );
  const args = ["-D", site.deployment, "--kv", `consul://${store.address}`];
  const strong = {
    CONSUL_HTTP_TOKEN: await tokenFor(consul, "axon", await documentedRules("axon.hcl")),
  };
  const done = await site.axon(["deploy", ...args], strong);
  expect(done).toExitWith(0);
  expect(done.stdout).not.toContain("note:");
  expect(await envOf(site, "legacy")).toHaveLength(1);
  const catalogue = await fetch(`${consul.url}/v1/catalog/services?token=${MASTER}`);
  expect(Object.keys((await catalogue.json()) as object)).toContain(`${site.deployment}-web`);

  const reader = await tokenFor(consul, "traefik", await documentedRules("traefik.hcl"));
  const routes = await readKeys(consul.url, "traefik/", reader);
  expect(routes).toEqual(await readKeys(consul.url, "traefik/", MASTER));
  expect(Object.values(routes)).toContain("Host(`example.org`)");
  expect(await readKeys(consul.url, "axon/", reader)).toEqual({});
  const written = await fetch(`${consul.url}/v1/kv/traefik/x?token=${reader}`, { method: "PUT" });
  expect(written.status).toBe(403);

  expect(await site.axon(["destroy", ...args, "--yes"], strong)).toExitWith(0);
  expect(await readKeys(consul.url, `axon/${site.deployment}/`, MASTER)).toEqual({});
});

test("a token that the store does not know, or that may not do what is needed, is one clear error", async () => {
  await using consul = await startConsul(HCL);
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  const args = ["deploy", "-D", site.deployment, "--kv"];
  const kv = `consul://127.0.0.1:${consul.address.port}`;
  const unknown = { CONSUL_HTTP_TOKEN: "44444444-0000-4000-8000-000000000004" };
  const refused = await site.axon([...args, kv], unknown);
  expect(refused).toExitWith(1);
  expect(refused.stderr).toContain(`store ${kv} refuses access: it does not know the token`);
  expect(refused.stderr).toContain("hint: Set AXON_KV_TOKEN");
  const none = await site.axon([...args, kv], {});
  expect(none).toExitWith(1);
  expect(none.stderr).toContain("refuses access: the token does not allow it");
  expect(await site.containers()).toEqual([]);
});
