import type Docker from "dockerode";
import { expect, test } from "vitest";
import { execIn, openSite, type Site, storeToken } from "../helpers/axon.ts";

const FILE = "Config: {greeting: hello}\nservice: {image: axon-example/sleeper}\n";
const OWN = { ownStore: true };

/** As an Axon made it that knew no tokens. */
async function startUnguarded(site: Site): Promise<Docker.Container> {
  const { docker, system } = site;
  const name = `axon-${system}-consul`;
  const Labels = { "io.axon.deployment": system, "axon.test": process.env.AXON_TEST_RUN ?? "" };
  await docker.createVolume({ Name: name, Labels });
  await docker.createNetwork({ Name: `0-axon-${system}`, Labels });
  const store = await docker.createContainer({
    name,
    Image: process.env.AXON_CONSUL_IMAGE ?? "",
    Entrypoint: ["consul"],
    Cmd: [
      ..."agent -server -bootstrap-expect=1 -client=0.0.0.0 -bind=127.0.0.1".split(" "),
      ...["-data-dir=/consul/data", "-hcl", "performance { raft_multiplier = 1 }"],
    ],
    User: "root",
    Labels: {
      ...Labels,
      "io.axon.service": "consul",
      "io.axon.instance": "1",
      "io.axon.kind": "system",
    },
    Healthcheck: {
      Test: ["CMD", "consul", "operator", "raft", "list-peers"],
      Interval: 1e9,
      Timeout: 5e9,
      Retries: 15,
    },
    ExposedPorts: { "8500/tcp": {} },
    HostConfig: {
      Binds: [`${name}:/consul/data`],
      PortBindings: { "8500/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
      RestartPolicy: { Name: "always" },
      NetworkMode: `0-axon-${system}`,
    },
    NetworkingConfig: { EndpointsConfig: { [`0-axon-${system}`]: { Aliases: ["consul"] } } },
  });
  await store.start();
  const filters = { container: [store.id], event: ["health_status: healthy"] };
  for await (const _ of await docker.getEvents({ since: 1 as never, filters })) break;
  return store;
}

test("a store of an Axon without tokens is started anew by the next deploy, and keeps what is in it", async () => {
  await using site = openSite(FILE, OWN);
  const old = await startUnguarded(site);
  const key = `axon/${site.deployment}/config/older`;
  const put = ["consul", "kv", "put", key, "kept"];
  expect(await execIn(`axon-${site.system}-consul`, put)).toContain("Success");

  const router = await site.axon(["system", "up", "router", "--kind", "traefik"]);
  expect(router).toExitWith(4);
  expect(router.stdout).toMatch(/the managed store[\s\S]* to replace/);
  expect((await site.docker.getContainer(`axon-${site.system}-consul`).inspect()).Id).toBe(old.id);

  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan).toExitWith(0);
  expect(plan.stdout).toContain("note: the managed store is from an earlier Axon");
  const { stdout } = await site.deploy();
  expect(stdout).toContain("From now on it asks for tokens, and keeps its data.");
  // What was shown is what was done.
  expect(stdout).toContain(plan.stdout.match(/ {2}\+ .*create token\n( {6}.*\n)+/)?.[0]);

  const store = await site.docker.getContainer(`axon-${site.system}-consul`).inspect();
  expect(store.Id).not.toBe(old.id);
  expect(store.State.Health?.Status).toBe("healthy");
  expect(await site.keys(`axon/${site.deployment}/config/`)).toMatchObject({ [key]: "kept" });
  expect((await site.askStore(`kv/${key}`, { token: "anonymous" })).status).toBe(403);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a deployer that was killed before the store had its token leaves nothing that the next one cannot finish", async () => {
  await using site = openSite(FILE, OWN);
  await site.deploy();
  const before = await site.containers(site.system);
  const name = `axon-${site.system}-consul`;
  const { Config, HostConfig, NetworkSettings } = await site.docker.getContainer(name).inspect();
  await site.axon(["destroy", "-D", site.system, "--volumes", "--yes"]);
  const network = `0-axon-${site.system}`;
  const { Labels = {} } = Config;
  await site.docker.createVolume({ Name: name, Labels });
  await site.docker.createNetwork({ Name: network, Labels });
  const { Aliases } = NetworkSettings.Networks[network] ?? {};
  await site.docker.createContainer({
    ...Config,
    name,
    HostConfig,
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: Aliases ?? [] } } },
  });

  await site.deploy();
  const after = await site.docker.getContainer(name).inspect();
  expect(after.State.Health?.Status).toBe("healthy");
  expect(before.map(({ Id }) => Id)).not.toContain(after.Id);
  expect(await storeToken(site.system)).not.toBe("");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a store whose token is gone gets another one, which it takes, and keeps what is in it", async () => {
  await using site = openSite(FILE, OWN);
  await site.deploy();
  const before = await storeToken(site.system);
  const keys = await site.keys("axon/");
  await execIn(`axon-${site.system}-consul`, ["rm", "-r", "/consul/data/axon"]);

  const status = await site.axon(["history", "-D", site.deployment]);
  expect(status).toExitWith(1);
  expect(status.stderr).toContain("is without its token");
  expect(status.stderr).toContain("hint: Run axon deploy");
  await site.deploy();
  expect(await storeToken(site.system)).not.toBe(before);
  expect(await site.keys("axon/")).toEqual(keys);
});
