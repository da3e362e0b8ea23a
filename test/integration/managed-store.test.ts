import { expect, test } from "vitest";
import { execIn, listNetworks, listVolumes, openSite, storeUrl } from "../helpers/axon.ts";
import { gateway } from "../helpers/gateway.ts";
import { startEngineProxy } from "../helpers/recording-proxy.ts";

const SLEEPER = "service: {image: axon-example/sleeper}\n";
const CONFIG = `Config: {greeting: hello}\n${SLEEPER}`;
const OWN = { ownStore: true };

test("without a store configured, the first deploy starts one and uses it when it is healthy", async () => {
  await using site = openSite(CONFIG, OWN);
  await site.deploy();
  const store = await site.docker.getContainer(`axon-${site.system}-consul`).inspect();
  expect(store.State.Health?.Status).toBe("healthy");
  expect(await site.keys("axon/")).toMatchObject({
    [`axon/${site.deployment}/config/greeting`]: "hello",
  });
});

test("the managed store keeps its data on a named volume, and is published on loopback only", async () => {
  await using site = openSite(SLEEPER, OWN);
  await site.deploy();
  const store = await site.docker.getContainer(`axon-${site.system}-consul`).inspect();
  expect(await listVolumes(site.system)).toEqual([`axon-${site.system}-consul`]);
  expect(store.Mounts).toContainEqual(
    expect.objectContaining({ Name: `axon-${site.system}-consul`, Destination: "/consul/data" }),
  );
  expect(store.HostConfig.RestartPolicy?.Name).toBe("always");
  const published = Object.values(store.NetworkSettings.Ports).flatMap(
    (bindings) => bindings ?? [],
  );
  expect(published.map(({ HostIp }) => HostIp)).toEqual(["127.0.0.1"]);
});

test("what is in the managed store survives its restart, and then there is still nothing to do", async () => {
  await using site = openSite(
    `${CONFIG}job: {image: axon-example/sleeper, cmd: "true", detach: false}\n`,
    OWN,
  );
  await site.deploy();
  const before = await site.keys("axon/");
  const store = site.docker.getContainer(`axon-${site.system}-consul`);
  await store.restart({ t: 10 });
  await awaitHealthy(site.docker, `axon-${site.system}-consul`);
  expect(await site.keys("axon/")).toEqual(before);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a deploy goes on while the managed store starts again, at another port", async () => {
  const job = `cmd: 'echo begun; until [ -e /go ]; do sleep 0.1; done', detach: false`;
  await using site = openSite(`job: {image: axon-example/sleeper, ${job}}\n${CONFIG}`, OWN);
  const deploy = site.start(["deploy", "-D", site.deployment, "--yes"]);
  await deploy.seen("job | begun");
  const store = site.docker.getContainer(`axon-${site.system}-consul`);
  const portOf = async () => JSON.stringify((await store.inspect()).NetworkSettings.Ports);
  const before = await portOf();
  await store.restart({ t: 0 });
  await awaitHealthy(site.docker, `axon-${site.system}-consul`);
  expect(await portOf()).not.toBe(before);
  await execIn(`${site.deployment}-job`, ["touch", "/go"]);
  expect(await deploy.ended).toExitWith(0);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("containers of a deployment reach the managed store as consul:8500", async () => {
  await using site = openSite(CONFIG);
  await site.deploy();
  const { Config } = await site.inspect("service");
  expect(Config.Env).toEqual(
    expect.arrayContaining([
      "CONFIG_URL=http://consul:8500",
      "CONFIG_HOST_AND_PORT=consul:8500",
      "CONFIG_SCHEME=http",
      "CONSUL_HTTP_ADDR=http://consul:8500",
      `AXON_KV_PREFIX=axon/${site.deployment}/config`,
    ]),
  );
  const url = `http://consul:8500/v1/kv/axon/${site.deployment}/config/greeting?raw`;
  const get = `wget -q -O - --header "X-Consul-Token: $CONSUL_HTTP_TOKEN" ${url}`;
  expect(await execIn(`${site.deployment}-service-1`, ["sh", "-c", get])).toBe("hello");
});

test("a second deployment shares the managed store, and has a network of its own", async () => {
  await using site = openSite(CONFIG);
  const other = site.sibling("two");
  await site.deploy();
  const before = await site.containers(site.system);
  expect(await site.axon(["deploy", "-D", other])).toExitWith(0);
  const after = await site.containers(site.system);
  expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
  const networks = Object.entries(after[0]?.NetworkSettings.Networks ?? {});
  expect(networks.map(([name]) => name)).toEqual(
    expect.arrayContaining([site.deployment, other, `0-axon-${site.system}`]),
  );
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("two first deploys at the same moment make one managed store", async () => {
  await using site = openSite("service: {image: axon-example/sleeper}\n", { ownStore: true });
  const other = site.sibling("other");
  const deploys = [site.deployment, other].map((name) =>
    site.axon(["deploy", "-D", name, "--yes"]),
  );
  for (const run of await Promise.all(deploys)) expect(run).toExitWith(0);
  const networks = await site.docker.listNetworks();
  expect(networks.filter(({ Name }) => Name === `0-axon-${site.system}`)).toHaveLength(1);
  for (const name of [site.deployment, other]) {
    expect(await site.containers(name)).toHaveLength(1);
    expect(Object.keys(await site.keys(`axon/${name}/state/`))).toContain(
      `axon/${name}/state/current`,
    );
  }
});

test("a managed store that was stopped by hand is started again by the next deploy, with its data", async () => {
  await using site = openSite(CONFIG, OWN);
  await site.deploy();
  const before = await site.keys("axon/");
  await site.docker.getContainer(`axon-${site.system}-consul`).stop();

  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan).toExitWith(0);
  expect(plan.stdout).toContain(`axon-${site.system}-consul is exited; deploy starts it first`);
  await site.deploy();
  expect(await site.keys("axon/")).toEqual(before);
});

test("a deploy that is refused does not start a store", async () => {
  await using site = openSite(
    "service: {image: axon-example/sleeper, require: {nothing: started}}\n",
    OWN,
  );
  expect(await site.axon(["deploy", "-D", site.deployment])).toExitWith(3);
  expect(await site.containers(site.system)).toEqual([]);
  expect(await listNetworks(site.system)).toEqual([]);
  expect(await listVolumes(site.system)).toEqual([]);
});

test("the store's image can be chosen, and one that cannot be had changes nothing", async () => {
  await using site = openSite(SLEEPER, OWN);
  const failed = await site.axon(["deploy", "-D", site.deployment], {
    AXON_CONSUL_IMAGE: "127.0.0.1:1/none/consul:0",
  });
  expect(failed).toExitWith(1);
  expect(failed.stderr).toContain("error IMAGE_UNAVAILABLE");
  expect(failed.stderr).toContain("127.0.0.1:1/none/consul:0");
  expect([...(await site.containers(site.system)), ...(await site.containers())]).toEqual([]);
  expect(await listVolumes(site.system)).toEqual([]);
});

test("the managed store of a remote engine is reached through the engine", async () => {
  await using engine = await startEngineProxy(await gateway());
  await using site = openSite(
    `${CONFIG}job: {image: axon-example/sleeper, cmd: "true", detach: false}\n`,
    OWN,
  );
  const remote = { DOCKER_HOST: `tcp://${engine.address}` };
  expect(await site.axon(["deploy", "-D", site.deployment], remote)).toExitWith(0);
  expect(await site.keys("axon/")).toMatchObject({
    [`axon/${site.deployment}/config/greeting`]: "hello",
  });
  expect(engine.mutations().some((request) => /\/exec\/.+\/start/.test(request))).toBe(true);
  const again = await site.axon(["deploy", "-D", site.deployment], remote);
  expect(again).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
});

test("the name of the system deployment is not for others", async () => {
  await using site = openSite(SLEEPER);
  for (const name of ["system", site.system]) {
    const { exitCode, stderr } = await site.axon(["deploy", "-D", name]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("error DEPLOYMENT_NAME_INVALID");
  }
});

/** Of the run that the container is in: an earlier one was healthy, too. */
async function awaitHealthy(docker: import("dockerode"), name: string): Promise<void> {
  const { State } = await docker.getContainer(name).inspect();
  if (State.Health?.Status === "healthy") return;
  const since = Date.parse(State.StartedAt) / 1000;
  const filters = { container: [name], event: ["health_status: healthy"] };
  const stream = await docker.getEvents({ since: since as never, filters });
  for await (const _ of stream) break;
}

test("the store's own port answers on this machine", async () => {
  await using site = openSite(CONFIG);
  await site.deploy();
  const response = await fetch(`${await storeUrl(site.system)}/v1/status/leader`);
  expect(response.ok).toBe(true);
});

test("the port that the store is reached at stays when it joins a network whose name sorts first", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n", OWN);
  await site.deploy();
  const before = await storeUrl(site.system);
  const other = `aa${site.deployment}`;
  const run = await site.axon(["deploy", "-D", other, "--yes"]);
  const after = await storeUrl(site.system);
  await site.axon(["destroy", "-D", other, "--yes"]);
  expect([run.exitCode, after]).toEqual([0, before]);
});
