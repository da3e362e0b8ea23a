import { expect, test } from "vitest";
import { execIn, openSite, type Site, storeToken } from "../helpers/axon.ts";

const FILE = "Config: {greeting: hello}\nservice: {image: axon-example/sleeper}\n";

/** The token that the container of a deployment has been given. */
async function tokenOf(site: Site, deployment = site.deployment): Promise<string> {
  const { Config } = await site.docker.getContainer(`${deployment}-service-1`).inspect();
  const variable = Config.Env.find((text) => text.startsWith("CONSUL_HTTP_TOKEN="));
  return variable?.replace(/^.*=/, "") ?? "";
}

async function status(site: Site, path: string, request = {}): Promise<number> {
  return (await site.askStore(path, request)).status;
}

/** From inside the container, with what is in its environment. */
function getInside(deployment: string, key: string): Promise<string> {
  const url = `http://consul:8500/v1/kv/${key}?raw`;
  const get = `wget -q -O - --header "X-Consul-Token: $CONSUL_HTTP_TOKEN" ${url}`;
  return execIn(`${deployment}-service-1`, ["sh", "-c", get]);
}

test("the container of a deployment reads and writes its own configuration, and nothing of another one", async () => {
  await using site = openSite(FILE);
  const other = site.sibling("other");
  await site.deploy();
  expect(await site.axon(["deploy", "-D", other, "--yes"])).toExitWith(0);
  const [mine, theirs] = [`axon/${site.deployment}`, `axon/${other}`];

  expect(await getInside(site.deployment, `${mine}/config/greeting`)).toBe("hello");
  expect(await getInside(site.deployment, `${theirs}/config/greeting`)).toContain("403");

  const token = await tokenOf(site);
  expect(token).not.toBe(await tokenOf(site, other));
  const put = { token, method: "PUT", body: "x" };
  const allowed = [
    await status(site, `kv/${mine}/config/mine`, put),
    await status(site, `kv/${mine}/config/mine`, { token }),
    await status(site, "catalog/services", { token }),
    await status(site, "health/service/consul", { token }),
  ];
  expect(allowed).toEqual([200, 200, 200, 200]);
  const refused = [
    await status(site, `kv/${theirs}/config/greeting`, { token }),
    await status(site, `kv/${theirs}/config/greeting`, put),
    await status(site, `kv/${theirs}/config/greeting`, { token, method: "DELETE" }),
    // The keys that seal revisions and stand behind digests, and revisions themselves.
    await status(site, `kv/${mine}/state/sealing-key`, { token }),
    await status(site, `kv/${mine}/state/digest-key`, { token }),
    await status(site, `kv/${mine}/state/token`, put),
    await status(site, `kv/${mine}/revisions/1`, put),
    await status(site, `kv/${mine}/services/service/http`, put),
    await status(site, "kv/traefik/http/routers/x", put),
    await status(site, "session/create", { ...put, body: "{}" }),
    await status(site, "acl/tokens", { token }),
  ];
  expect(new Set(refused)).toEqual(new Set([403]));
  const seen = await site.askStore("kv/axon/?keys", { token });
  expect(seen.status === 404 ? [] : await seen.json()).toEqual([
    `${mine}/config/greeting`,
    `${mine}/config/mine`,
  ]);
  expect(await site.keys(`${theirs}/config/`)).toEqual({ [`${theirs}/config/greeting`]: "hello" });
});

test("who has no token sees the catalogue, also by DNS, and no key", async () => {
  await using site = openSite("legacy: {image: axon-example/legacy}\n");
  await site.deploy();
  const key = `kv/axon/${site.deployment}/config/legacy/region`;
  const none = { token: "anonymous" };
  expect(await status(site, key)).toBe(200);
  expect(await status(site, key, none)).toBe(403);
  expect(await status(site, "kv/?recurse", none)).toBe(404);
  expect(await status(site, key, { ...none, method: "PUT", body: "x" })).toBe(403);
  expect(await (await site.askStore("catalog/services", none)).json()).toHaveProperty("consul");
  const ask = `
    const { lookup, Resolver } = require("node:dns").promises;
    const resolver = new Resolver();
    lookup("consul")
      .then(({ address }) => resolver.setServers([address + ":8600"]))
      .then(() => resolver.resolve4("consul.service.consul"))
      .then((found) => console.log("found " + found.length), (error) => console.log(error.code))`;
  expect(await execIn(`${site.deployment}-legacy-1`, ["node", "-e", ask])).toContain("found 1");
});

test("what somebody did to the token of a deployment is shown and put right, and destroy takes it back", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  const token = await tokenOf(site);
  const name = `axon-${site.deployment}`;
  const policy = async () => (await site.askStore(`acl/policy/name/${name}`)).json();
  const self = async () => (await site.askStore("acl/token/self", { token })).json();

  const { ID, Rules } = (await policy()) as { ID: string; Rules: string };
  const opened = JSON.stringify({ Name: name, Rules: 'key_prefix "" { policy = "write" }' });
  await site.askStore(`acl/policy/${ID}`, { method: "PUT", body: opened });
  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout).toContain("update token");
  expect(plan.stdout).toContain("changed outside of axon");
  await site.deploy();
  expect(await policy()).toMatchObject({ Rules });

  const { AccessorID } = (await self()) as { AccessorID: string };
  await site.askStore(`acl/token/${AccessorID}`, { method: "DELETE" });
  const before = await site.containers();
  expect((await site.deploy()).stdout).toContain("create token");
  expect(await self()).toMatchObject({ AccessorID, Policies: [{ Name: name }] });
  expect((await site.containers()).map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  await site.putKey(`axon/${site.deployment}/state/token`, "2");
  await site.deploy();
  const next = await tokenOf(site);
  expect(next).not.toBe(token);
  const key = `kv/axon/${site.deployment}/config/greeting`;
  expect([await status(site, key, { token }), await status(site, key, { token: next })]).toEqual([
    403, 200,
  ]);

  expect(await site.axon(["destroy", "-D", site.deployment, "--yes"])).toExitWith(0);
  expect(await status(site, `acl/policy/name/${name}`)).toBe(403);
  expect(await status(site, key, { token: next })).toBe(403);
});

test("the way back to a revision with another token leads to the one of now", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  await site.putKey(`axon/${site.deployment}/state/token`, "2");
  await site.deploy(FILE.replace("hello", "bye"));
  const token = await tokenOf(site);
  expect(await site.axon(["rollback", "-D", site.deployment, "1", "--yes"])).toExitWith(0);
  expect(await tokenOf(site)).toBe(token);
  const plan = await site.axon(["plan", "-D", site.deployment], undefined);
  expect(plan.stdout).not.toContain("token");
});

test("the deployer's token is on the store's volume, where Consul's own tool finds it, and nowhere else", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  const name = `axon-${site.system}-consul`;
  const token = await storeToken(site.system);
  expect(token).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const get = ["consul", "kv", "get", `axon/${site.deployment}/config/greeting`];
  expect((await execIn(name, get)).trim()).toBe("hello");
  const modes = await execIn(name, ["stat", "-c", "%a %u", "/consul/data/axon"]);
  expect(modes.trim()).toBe("700 0");

  const store = site.docker.getContainer(name);
  const logs = await store.logs({ stdout: true, stderr: true });
  const told = [JSON.stringify(await store.inspect()), logs.toString()];
  for (const { Id } of await site.containers()) {
    told.push(JSON.stringify(await site.docker.getContainer(Id).inspect()));
  }
  told.push(JSON.stringify(await site.keys("")));
  expect(told.filter((text) => text.includes(token))).toEqual([]);
});
