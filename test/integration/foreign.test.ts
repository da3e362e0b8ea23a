import type Docker from "dockerode";
import { expect, test } from "vitest";
import { listNetworks, listVolumes, openSite, type Site } from "../helpers/axon.ts";
import { startEngineProxy } from "../helpers/recording-proxy.ts";

const SERVICE = "service: {image: axon-example/sleeper}\n";
const LABELS = { "axon.test": process.env.AXON_TEST_RUN ?? "" };

interface Foreign extends AsyncDisposable {
  readonly id: string;
}

async function startForeign(
  site: Site,
  options: Partial<Docker.ContainerCreateOptions>,
): Promise<Foreign> {
  const container = await site.docker.createContainer({
    Image: "axon-example/sleeper",
    Labels: LABELS,
    ...options,
  });
  await container.start();
  return {
    id: container.id,
    [Symbol.asyncDispose]: () => container.remove({ force: true }),
  };
}

/** Deploys, and expects that it is refused with this code before anything is changed. */
async function expectRefusal(site: Site, code: string, says: string): Promise<void> {
  await using engine = await startEngineProxy();
  const through = { DOCKER_HOST: `tcp://${engine.address}` };
  for (const command of ["plan", "deploy"]) {
    const run = await site.axon([command, "-D", site.deployment], through);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain(`error ${code}`);
    expect(run.stderr).toContain(says);
    expect(run.stderr).toContain("hint: ");
  }
  expect(engine.mutations()).toEqual([]);
}

test("a container that is not ours and holds a name that we need is refused in the plan, and not touched", async () => {
  await using site = openSite(SERVICE, { ownStore: true });
  const name = `${site.deployment}-service-1`;
  await using foreign = await startForeign(site, { name });
  await expectRefusal(site, "NAME_TAKEN", `container name ${name} is needed`);
  const { Id, State } = await site.docker.getContainer(name).inspect();
  expect([Id, State.Running]).toEqual([foreign.id, true]);
});

test("a container that is not ours and holds a host port that we need is refused in the plan", async () => {
  await using site = openSite(undefined, { ownStore: true });
  await using foreign = await startForeign(site, {
    ExposedPorts: { "80/tcp": {} },
    HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] } },
  });
  const { NetworkSettings } = await site.docker.getContainer(foreign.id).inspect();
  const port = NetworkSettings.Ports["80/tcp"]?.[0]?.HostPort;
  site.write(
    "Servicefile",
    `service: {image: axon-example/sleeper, publish: {"127.0.0.1:${port}": 80}}\n`,
  );
  await expectRefusal(site, "PORT_TAKEN", `service publishes host port ${port}`);
});

test("a network that is not ours and holds our name is refused in the plan, and not touched", async () => {
  await using site = openSite(SERVICE, { ownStore: true });
  const network = await site.docker.createNetwork({ Name: site.deployment, Labels: LABELS });
  try {
    await expectRefusal(site, "NAME_TAKEN", `network name ${site.deployment} is needed`);
    expect((await network.inspect()).Containers).toEqual({});
  } finally {
    await network.remove();
  }
});

test("a volume that is not ours and holds our name is refused in the plan, and not touched", async () => {
  await using site = openSite("service: {image: axon-example/sleeper, volumes: {data: /data}}\n", {
    ownStore: true,
  });
  const name = `${site.deployment}-service-data`;
  await site.docker.createVolume({ Name: name, Labels: LABELS });
  try {
    await expectRefusal(site, "NAME_TAKEN", `volume name ${name} is needed`);
  } finally {
    await site.docker.getVolume(name).remove();
  }
});

test("two deployments whose containers would have the same name do not take it from each other", async () => {
  await using site = openSite("b-service: {image: axon-example/sleeper}\n");
  const other = site.sibling("b");
  site.write("other", SERVICE);
  expect(await site.axon(["deploy", "other", "-D", other])).toExitWith(0);
  const before = await site.containers(other);
  await expectRefusal(site, "NAME_TAKEN", `deployment ${other}`);
  expect(await site.containers(other)).toMatchObject([{ Id: before[0]?.Id, State: "running" }]);
});

test("a container without our label is never removed, though it is on our network", async () => {
  await using site = openSite(SERVICE);
  await site.deploy();
  await using foreign = await startForeign(site, {
    HostConfig: { NetworkMode: site.deployment },
  });
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  await site.axon(["destroy", "-D", site.deployment, "--yes"]);
  const { State } = await site.docker.getContainer(foreign.id).inspect();
  expect(State.Running).toBe(true);
});

test("an image that cannot be had ends the run before anything is touched", async () => {
  await using site = openSite(
    `${SERVICE}other: {image: "127.0.0.1:1/none/there:1", volumes: {data: /data}}\n`,
    { ownStore: true },
  );
  const { exitCode, stdout, stderr } = await site.axon(["deploy", "-D", site.deployment]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toContain("error IMAGE_UNAVAILABLE: cannot pull 127.0.0.1:1/none/there:1");
  expect(stderr).toContain("--> Servicefile:2:");
  for (const name of [site.deployment, site.system]) {
    expect(await site.containers(name)).toEqual([]);
    expect(await listNetworks(name)).toEqual([]);
    expect(await listVolumes(name)).toEqual([]);
  }
});

test("an image that cannot be had does not disturb what runs", async () => {
  await using site = openSite(SERVICE);
  await site.deploy();
  const { Id } = await site.inspect("service");
  site.write("Servicefile", 'service: {image: "127.0.0.1:1/none/there:1"}\n');
  expect(await site.axon(["deploy", "-D", site.deployment, "--yes"])).toMatchObject({
    exitCode: 1,
  });
  expect(await site.inspect("service")).toMatchObject({ Id, State: { Running: true } });
});
