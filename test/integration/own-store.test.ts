import { expect, test } from "vitest";
import { listNetworks, openSite, readKeys } from "../helpers/axon.ts";
import { startConsul } from "../helpers/consul.ts";
import { gateway } from "../helpers/gateway.ts";
import { startEngineProxy, startRecordingProxy } from "../helpers/recording-proxy.ts";

const CONFIG = "Config: {greeting: hello}\nservice: {image: axon-example/sleeper}\n";

test("a store that is named by --kv, AXON_KV or CONSUL_HTTP_ADDR is used, and none is started", async () => {
  await using consul = await startConsul();
  const address = `127.0.0.1:${consul.address.port}`;
  await using site = openSite(CONFIG, { ownStore: true });
  const ways: readonly [string[], Record<string, string>][] = [
    [["--kv", `consul://${address}`], {}],
    [[], { AXON_KV: `consul://${address}` }],
    [[], { CONSUL_HTTP_ADDR: address }],
  ];
  for (const [index, [flags, env]] of ways.entries()) {
    const name = site.sibling(`way${index}`);
    const done = await site.axon(["deploy", "-D", name, ...flags], env);
    expect(done).toExitWith(0);
    expect(await readKeys(consul.url, `axon/${name}/config/`)).toEqual({
      [`axon/${name}/config/greeting`]: "hello",
    });
  }
  expect(await site.containers(site.system)).toEqual([]);
});

test("--kv wins over AXON_KV, and AXON_KV over CONSUL_HTTP_ADDR", async () => {
  await using consul = await startConsul();
  const there = `127.0.0.1:${consul.address.port}`;
  await using site = openSite(CONFIG);
  const nowhere = "127.0.0.1:1";
  const runs = [
    await site.axon(["plan", "-D", site.deployment, "--kv", `consul://${there}`], {
      AXON_KV: `consul://${nowhere}`,
      CONSUL_HTTP_ADDR: nowhere,
    }),
    await site.axon(["plan", "-D", site.deployment], {
      AXON_KV: `consul://${there}`,
      CONSUL_HTTP_ADDR: nowhere,
    }),
  ];
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
});

test("containers are told the address of the store that was named", async () => {
  await using consul = await startConsul();
  await using store = await startRecordingProxy(
    { host: "127.0.0.1", port: consul.address.port },
    await gateway(),
  );
  await using site = openSite("legacy: {image: axon-example/legacy}\n");
  const flags = ["--kv", `consul://${store.address}`];
  expect(await site.axon(["deploy", "-D", site.deployment, ...flags])).toMatchObject({
    exitCode: 0,
  });
  expect((await site.inspect("legacy")).Config.Env).toContain(`CONFIG_URL=http://${store.address}`);
  expect(await readKeys(consul.url, `axon/${site.deployment}/config/`)).toEqual({
    [`axon/${site.deployment}/config/legacy/region`]: site.deployment,
  });
});

test("whatever a deploy writes to the store carries the check of its lock, but for the lock itself", async () => {
  await using consul = await startConsul();
  const { port } = consul.address;
  await using store = await startRecordingProxy({ host: "127.0.0.1", port }, await gateway());
  await using site = openSite(CONFIG);
  const deploy = ["deploy", "-D", site.deployment, "--kv", `consul://${store.address}`];
  expect(await site.axon(deploy)).toExitWith(0);
  const writes = store.requests
    .filter(({ method, path }) => method === "PUT" && /^\/v1\/(kv|txn)/.test(path))
    .map(({ path, body }) => (path.startsWith("/v1/txn") ? keysIn(body) : [`put ${path}`]));
  const root = `axon/${site.deployment}/state/`;
  expect(writes.flat()).toContain(`cas ${root}digest-key`);
  const unproven = writes.filter((group) => !group.includes(`check-session ${root}lock`));
  expect(unproven).toEqual([[`lock ${root}lock`], [`unlock ${root}lock`]]);
});

function keysIn(transaction: string): string[] {
  const parts = JSON.parse(transaction) as { KV?: { Verb: string; Key: string } }[];
  return parts.flatMap(({ KV }) => (KV ? [`${KV.Verb} ${KV.Key}`] : []));
}

test("a store that does not answer is one clear error, and nothing is changed", async () => {
  await using engine = await startEngineProxy();
  await using site = openSite(CONFIG, { ownStore: true });
  for (const command of ["plan", "deploy"]) {
    const { exitCode, stdout, stderr } = await site.axon([command, "-D", site.deployment], {
      AXON_KV: "consul://127.0.0.1:1",
      DOCKER_HOST: `tcp://${engine.address}`,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain("error STORE_UNREACHABLE: store consul://127.0.0.1:1");
    expect(stderr.match(/^error/gm)).toHaveLength(1);
  }
  expect(engine.mutations()).toEqual([]);
  expect(await listNetworks(site.deployment)).toEqual([]);
});

test("a store that takes connections and says nothing is given up", async () => {
  await using consul = await startConsul();
  await using site = openSite(CONFIG);
  await consul.pause();
  const run = await site.axon(["deploy", "-D", site.deployment], {
    AXON_KV: `consul://127.0.0.1:${consul.address.port}`,
  });
  await consul.unpause();
  expect(run).toMatchObject({ exitCode: 1, stdout: "" });
  expect(run.stderr).toContain("error STORE_UNREACHABLE");
  expect(await site.containers()).toEqual([]);
});

test("something that is not Consul is refused by name", async () => {
  await using engine = await startEngineProxy();
  await using site = openSite(CONFIG);
  const { exitCode, stderr } = await site.axon([
    "plan",
    "-D",
    site.deployment,
    "--kv",
    `consul://${engine.address}`,
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`what answers at consul://${engine.address} is not Consul`);
});

test("an address that cannot be one is an error of usage", async () => {
  await using site = openSite(CONFIG);
  for (const address of ["consul", "redis://127.0.0.1", "consul://user:pass@127.0.0.1:8500"]) {
    const { exitCode, stderr } = await site.axon(["plan", "-D", site.deployment, "--kv", address]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("error USAGE: --kv");
    expect(stderr).not.toContain("pass@");
  }
});
