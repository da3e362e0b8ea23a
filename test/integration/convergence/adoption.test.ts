import type Docker from "dockerode";
import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { composeUp } from "../../helpers/compose.ts";
import { dockerRun, LABELS } from "../../helpers/docker-run.ts";
import { startEngineProxy } from "../../helpers/recording-proxy.ts";

/** The id says that it is the same one, the rest that it has not been restarted. */
function runOf({ Id, State, RestartCount }: Docker.ContainerInspectInfo): object {
  return { Id, pid: State.Pid, startedAt: State.StartedAt, RestartCount, runs: State.Running };
}

/** No other container of this engine ends like this. */
const named = (site: Site, service: string) => `${site.deployment}${service}`;

function adopt(site: Site, deployment = site.deployment, env = {}) {
  return site.axon(["deploy", "-D", deployment, "--adopt", "--yes"], env);
}

test("a container made by docker run is taken over as it runs, and is Axon's from then on", async () => {
  await using engine = await startEngineProxy();
  await using site = openSite();
  const service = named(site, "cache");
  await using foreign = await dockerRun(site, service, {
    Env: ["MODE=fast"],
    ExposedPorts: { "80/tcp": {} },
    HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] } },
  });
  site.write(
    "Servicefile",
    `${service}: {image: axon-example/sleeper, env: {MODE: fast}, publish: {"127.0.0.1:0": 80}, memory: 64m}\n`,
  );
  const before = await foreign.inspect();
  const plan = await site.axon(["plan", "-D", site.deployment, "--adopt"]);
  expect(plan.stdout).toMatch(
    new RegExp(`~ ${service} +adopt +# takes over container ${service}$`, "m"),
  );
  const adopted = await adopt(site, site.deployment, { DOCKER_HOST: `tcp://${engine.address}` });
  expect(adopted).toExitWith(0);

  const after = await foreign.inspect();
  expect(runOf(after)).toEqual(runOf(before));
  expect(after.Name).toBe(`/${site.deployment}-${service}-1`);
  expect(Object.keys(after.NetworkSettings.Networks)).toEqual([site.deployment]);
  expect(after.NetworkSettings.Networks[site.deployment]?.Aliases).toContain(service);
  expect(after.HostConfig).toMatchObject({
    Memory: 64 * 2 ** 20,
    RestartPolicy: { Name: "unless-stopped" },
  });
  const touching = engine.mutations().filter((request) => request.includes(before.Id));
  expect(touching.filter((request) => !/\/(update|rename)(\?|$)/.test(request))).toEqual([]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("containers of a Compose project are taken over as they run, all instances, and those that the file does not name are left alone", async () => {
  await using site = openSite();
  const [web, cache, other] = ["web", "cache", "other"].map((name) => named(site, name));
  const run = `{axon.test: "${LABELS["axon.test"]}"}`;
  site.write(
    "compose.yaml",
    `\
services:
  ${web}: {image: axon-example/sleeper, labels: ${run}, environment: [A=b], mem_limit: 64m, deploy: {replicas: 2}}
  ${cache}: {image: axon-example/sleeper, labels: ${run}, ports: ["127.0.0.1::80"], depends_on: [${web}]}
  ${other}: {image: axon-example/sleeper, labels: ${run}}
networks: {default: {labels: ${run}}}
`,
  );
  const project = `${site.deployment}compose`;
  await using _ = composeUp(site.directory, project);
  const names = [`${web}-1`, `${web}-2`, `${cache}-1`, `${other}-1`];
  const containers = await Promise.all(
    names.map(async (name) => {
      const { Id } = await site.docker.getContainer(`${project}-${name}`).inspect();
      return site.docker.getContainer(Id);
    }),
  );
  const look = () => Promise.all(containers.map((container) => container.inspect()));
  const before = await look();
  site.write(
    "Servicefile",
    `\
${web}: {image: axon-example/sleeper, env: {A: b}, memory: 64m, scale: 2}
${cache}: {image: axon-example/sleeper, publish: {"127.0.0.1:0": 80}}
`,
  );
  expect(await adopt(site)).toExitWith(0);

  const after = await look();
  expect(after.map(runOf)).toEqual(before.map(runOf));
  expect(after.map(({ Name }) => Name)).toEqual([
    ...names.slice(0, 3).map((name) => `/${site.deployment}-${name}`),
    `/${project}-${other}-1`,
  ]);
  expect(after.map(({ NetworkSettings }) => Object.keys(NetworkSettings.Networks))).toEqual([
    ...Array(3).fill([site.deployment]),
    [`${project}_default`],
  ]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("what was taken over is repaired in place, replaced and removed like any other", async () => {
  await using site = openSite();
  const [kept, dropped] = [named(site, "kept"), named(site, "dropped")];
  await using first = await dockerRun(site, kept);
  await using second = await dockerRun(site, dropped);
  const service = (name: string, more = "") => `${name}: {image: axon-example/sleeper${more}}\n`;
  site.write("Servicefile", service(kept) + service(dropped));
  expect(await adopt(site)).toExitWith(0);
  const { Id } = await first.inspect();

  await site.docker.getContainer(Id).update({ RestartPolicy: { Name: "always" } });
  await site.docker.getContainer(Id).pause();
  expect((await site.deploy()).stdout).toContain("restart: always -> unless-stopped");
  expect(await first.inspect()).toMatchObject({
    State: { Running: true, Paused: false },
    HostConfig: { RestartPolicy: { Name: "unless-stopped" } },
  });

  await site.deploy(service(kept, ", env: {A: b}"));
  await expect(second.inspect()).rejects.toMatchObject({ statusCode: 404 });
  const [successor, ...others] = await site.containers();
  expect(others).toEqual([]);
  expect(successor).toMatchObject({ Names: [`/${site.deployment}-${kept}-1`], State: "running" });
  expect(successor?.Id).not.toBe(Id);
  await expect(first.inspect()).rejects.toMatchObject({ statusCode: 404 });
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a container that differs is replaced by name, and serves again when its successor fails", async () => {
  await using site = openSite();
  const service = named(site, "cache");
  await using foreign = await dockerRun(site, service);
  site.write(
    "Servicefile",
    `${service}: {image: axon-example/sleeper, cmd: exit 3, restart: "no"}\n`,
  );
  const plan = await site.axon(["plan", "-D", site.deployment, "--adopt"]);
  expect(plan.stdout).toContain(`replace, stop-first  # takes over container ${service}; `);
  expect(await adopt(site)).toExitWith(5);
  expect(await foreign.inspect()).toMatchObject({ State: { Running: true } });
  expect(await site.containers()).toEqual([]);
});

test("nothing of another deployment is taken over, not even what that one has taken over itself", async () => {
  await using site = openSite();
  const other = site.sibling("two");
  const [adopted, made] = [named(site, "adopted"), named(site, "made")];
  await using foreign = await dockerRun(site, adopted);
  site.write(
    "Servicefile",
    `${adopted}: {image: axon-example/sleeper}\n${made}: {image: axon-example/sleeper}\n`,
  );
  expect(await adopt(site)).toExitWith(0);
  const look = async () => [runOf(await foreign.inspect()), runOf(await site.inspect(made))];
  const before = await look();

  expect(await adopt(site, other)).toExitWith(0);
  expect(await look()).toEqual(before);
  expect(await site.containers(other)).toHaveLength(2);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("where two containers could be meant, the plan is an error that names them, and neither is touched", async () => {
  await using site = openSite();
  const service = named(site, "cache");
  await using first = await dockerRun(site, `one-${service}-1`);
  await using second = await dockerRun(site, `two_${service}_1`);
  site.write("Servicefile", `${service}: {image: axon-example/sleeper}\n`);
  const look = () => Promise.all([first.inspect(), second.inspect()]);
  const before = await look();
  const refused = await adopt(site);
  expect(refused).toExitWith(1);
  for (const name of ["error NAME_TAKEN", `one-${service}-1`, `two_${service}_1`]) {
    expect(refused.stderr).toContain(name);
  }
  expect(await look()).toEqual(before);
});
