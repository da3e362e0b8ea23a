import { expect, test } from "vitest";
import { Secret } from "../../src/secret.ts";
import { openSite, type Site } from "../helpers/axon.ts";
import { startEtcd } from "../helpers/etcd.ts";
import { addUser, allowContainers } from "../helpers/etcd-users.ts";
import { gateway } from "../helpers/gateway.ts";
import { startZooKeeper } from "../helpers/zookeeper.ts";
import { openWitness } from "../helpers/zookeeper-witness.ts";

const PASSWORD = "correct-pony-42";
const THEIRS = "correct-duck-17";

/** Its init-region counts in the store, as the user that the file names. */
const servicefile = ({ deployment }: Site, user: string | undefined) => `\
Deployment: ${deployment}
Env: {GREETING: hello${user ? `, STORE_USER: ${user}, STORE_PASSWORD: "\${STORE_PASSWORD}"` : ""}}
Config: {endpoints/keystone: "keystone.example.org:5000"}
api: {image: axon-example/nova}
`;

async function deployAs(site: Site, user: string | undefined, env: Record<string, string>) {
  site.write("Servicefile", servicefile(site, user));
  const done = await site.axon(["deploy", "--yes"], env);
  const inspected = await site.inspect("api").catch(() => undefined);
  expect(JSON.stringify([done, inspected])).not.toContain(PASSWORD);
  return done;
}

test("a container reads an etcd with users as the user that the file names, as docs/store.md says, and not without one", async () => {
  await using etcd = await startEtcd({ host: await gateway() });
  await using site = openSite();
  await addUser(etcd, site.deployment, { user: "deployer", password: new Secret(PASSWORD) });
  const theirs = { user: "containers", password: new Secret(THEIRS) };
  await allowContainers(etcd, site.deployment, theirs);
  const env = {
    AXON_KV: etcd.url.replace("http", "etcd"),
    AXON_KV_USER: "deployer",
    AXON_KV_PASSWORD: PASSWORD,
    STORE_PASSWORD: THEIRS,
  };

  const refused = await deployAs(site, undefined, env);
  expect(refused).toExitWith(6);
  expect(refused.stdout + refused.stderr).toContain("user name is empty");
  expect(await deployAs(site, "containers", env)).toExitWith(0);
  const count = await site.axon(["kv", "get", "nova/init-runs", "-D", site.deployment], env);
  expect(count.stdout).toBe("1");

  const login = { name: theirs.user, password: THEIRS };
  const post = (path: string, request: object, headers = {}) =>
    fetch(`${etcd.url}/v3/${path}`, { method: "POST", body: JSON.stringify(request), headers });
  const { token } = (await (await post("auth/authenticate", login)).json()) as { token: string };
  const read = async (key: string) =>
    (await post("kv/range", { key: btoa(key) }, { authorization: token })).status;
  const own = `axon/${site.deployment}`;
  expect(await read(`${own}/services/api/public`)).toBe(200);
  for (const key of [`${own}/state/sealing-key`, "axon/other/config/a", "traefik/http"]) {
    expect([key, await read(key)]).toEqual([key, 403]);
  }
  expect(await site.axon(["destroy", "-D", site.deployment, "--yes"], env)).toExitWith(0);
});

test("a container reads a ZooKeeper with users as Axon's own user only, as docs/store.md says", async () => {
  await using zookeeper = await startZooKeeper({ host: await gateway() });
  await using site = openSite();
  const [{ host, port } = { host: "", port: 0 }] = zookeeper.address.hosts;
  const env = {
    AXON_KV: `zookeeper://${host}:${port}/${site.deployment}`,
    AXON_KV_USER: "deployer",
    AXON_KV_PASSWORD: PASSWORD,
  };
  for (const user of [undefined, "containers"]) {
    const refused = await deployAs(site, user, { ...env, STORE_PASSWORD: THEIRS });
    expect(refused).toExitWith(6);
    expect(refused.stdout + refused.stderr).toContain("ZooKeeper answers -102");
  }
  site.write("Servicefile", servicefile(site, "deployer"));
  const done = await site.axon(["deploy", "--yes"], { ...env, STORE_PASSWORD: PASSWORD });
  expect(done).toExitWith(0);
  expect(done.stdout + done.stderr).not.toContain(PASSWORD);
  using witness = await openWitness(zookeeper.address, `deployer:${PASSWORD}`);
  const path = `/${site.deployment}/axon/${site.deployment}/config/nova/init-runs`;
  expect([await witness.data(path), await witness.access(path)]).toEqual([
    "1",
    ["digest:deployer"],
  ]);
  expect(await site.axon(["destroy", "-D", site.deployment, "--yes"], env)).toExitWith(0);
});
