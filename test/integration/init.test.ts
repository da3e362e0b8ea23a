import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { composeUp } from "../helpers/compose.ts";
import { dockerRun, LABELS } from "../helpers/docker-run.ts";

/** Whoever is the same in this has not been restarted. */
function runOf({ Id, State }: Docker.ContainerInspectInfo): string {
  return `${Id} ${State.Pid} ${State.StartedAt}`;
}

function fileOf(site: Site, name: string): string {
  return readFileSync(join(site.directory, name), "utf8");
}

const FULL: Partial<Docker.ContainerCreateOptions> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands for itself.
  Env: ["MODE=a$b${c}", "DB_PASSWORD=it's secret"],
  Labels: { ...LABELS, "a.b": "c" },
  User: "1000",
  WorkingDir: "/tmp",
  Hostname: "web1",
  StopTimeout: 3,
  Healthcheck: { Test: ["CMD-SHELL", "true"] },
  ExposedPorts: { "80/tcp": {} },
};

test("containers become a Servicefile, the deployment takes them over, and none of them restarts", async () => {
  await using site = openSite();
  const { docker, deployment } = site;
  const network = await docker.createNetwork({ Name: `${deployment}-net`, Labels: LABELS });
  const volume = `${deployment}-data`;
  await docker.createVolume({ Name: volume, Labels: LABELS });
  try {
    const on = { NetworkMode: `${deployment}-net` };
    await using web = await dockerRun(site, `${deployment}web`, {
      ...FULL,
      NetworkingConfig: { EndpointsConfig: { [`${deployment}-net`]: { Aliases: ["www"] } } },
      HostConfig: {
        ...on,
        PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
        Binds: [`${volume}:/srv/data`, "/tmp:/mnt:ro"],
        Memory: 64 * 2 ** 20,
        NanoCpus: 500_000_000,
        RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
        CapAdd: ["NET_ADMIN"],
        Init: true,
        Ulimits: [{ Name: "nofile", Soft: 512, Hard: 1024 }],
        Tmpfs: { "/run": "size=1m" },
        ExtraHosts: ["x:10.0.0.1"],
        Dns: ["10.0.0.53"],
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
        ShmSize: 96 * 2 ** 20,
        PidsLimit: 99,
      },
    });
    await using db = await dockerRun(site, `${deployment}db`, {
      Env: ["DB_PASSWORD=another"],
      Cmd: ["/bin/sh", "-c", "exec sleep 1000"],
      HostConfig: on,
    });
    await using plain = await dockerRun(site, `${deployment}plain`);
    const look = () => Promise.all([web, db, plain].map((one) => one.inspect()));
    const before = await look();

    const names = before.map(({ Name }) => Name.slice(1));
    const init = await site.axon(["init", "--from-containers", ...names, "-D", deployment]);
    expect(init).toExitWith(0);
    expect(init.stderr).toBe("");
    expect(fileOf(site, "Servicefile")).not.toMatch(/secret|another/);
    expect(statSync(join(site.directory, ".env")).mode & 0o777).toBe(0o600);

    const plan = await site.axon(["plan", "--adopt"]);
    const told = plan.stdout.match(/^ {6}[a-z0-9_.-]+(?=: )/gm)?.map((line) => line.trim());
    expect(new Set(told)).toEqual(
      new Set(["catalogue", "name", "networks", `networks.${deployment}-net.aliases`]),
    );
    expect(await site.axon(["deploy", "--adopt", "--yes"])).toExitWith(0);
    expect((await look()).map(runOf)).toEqual(before.map(runOf));
    expect((await site.axon(["plan"])).stdout).toBe("No changes.\n");
  } finally {
    await network.remove();
    await docker.getVolume(volume).remove();
  }
});

test("a Compose project becomes a Servicefile, and what that cannot say is told", async () => {
  await using site = openSite();
  const [web, db] = ["web", "db"].map((name) => `${site.deployment}${name}`);
  const run = `{axon.test: "${LABELS["axon.test"]}"}`;
  site.write(
    "compose.yaml",
    `\
services:
  ${web}: {image: axon-example/sleeper, labels: ${run}, environment: [A=b], cgroup_parent: /odd, deploy: {replicas: 2}, depends_on: [${db}]}
  ${db}: {image: axon-example/sleeper, labels: ${run}, volumes: ["data:/srv", "/srv/anonymous"]}
networks: {default: {labels: ${run}}}
volumes: {data: {labels: ${run}}}
`,
  );
  const project = `${site.deployment}compose`;
  await using _ = composeUp(site.directory, project);
  const label = [`com.docker.compose.project=${project}`];
  const found = await site.docker.listContainers({ filters: { label } });
  const look = () => Promise.all(found.map(({ Id }) => site.docker.getContainer(Id).inspect()));
  const before = (await look()).map(runOf);
  const init = await site.axon(["init", "--from-compose-project", project, "-D", site.deployment]);
  expect(init).toExitWith(0);
  expect(init.stderr).toContain(`${web}: does not have HostConfig.CgroupParent: /odd`);
  expect(init.stderr).toContain(
    `${db}: does not have the volume at /srv/anonymous, which has no name`,
  );
  expect(fileOf(site, "Servicefile")).toContain(`require: {${db}: started}\n  scale: 2`);
  expect(await site.axon(["deploy", "--adopt", "--yes"])).toExitWith(0);
  expect((await look()).map(runOf)).toEqual(before);
  expect((await site.axon(["plan"])).stdout).toBe("No changes.\n");
  expect(await site.axon(["destroy", "-D", site.deployment, "--yes"])).toExitWith(0);
});

test("init writes over nothing, and says what it needs", async () => {
  await using site = openSite("web: {}\n");
  await using container = await dockerRun(site, `${site.deployment}web`, { Env: ["TOKEN=x"] });
  const from = ["--from-containers", (await container.inspect()).Id];
  const there = await site.axon(["init", ...from]);
  expect(there).toExitWith(3);
  expect(there.stderr).toContain("Servicefile is there already, and is not written over");
  site.write(".env", "KEPT=1\n");
  const dotEnv = await site.axon(["init", "-f", "other", ...from]);
  expect(dotEnv.stderr).toContain(".env is there already");
  expect(existsSync(join(site.directory, "other"))).toBe(false);
  expect([fileOf(site, "Servicefile"), fileOf(site, ".env")]).toEqual(["web: {}\n", "KEPT=1\n"]);
  const nobody = await site.axon(["init", "-f", "other"]);
  expect(nobody).toExitWith(4);
  expect(nobody.stderr).toContain("--from-containers");
  const unknown = await site.axon(["init", "-f", "other", "--from-containers", "nobody"]);
  expect(unknown).toExitWith(3);
  expect(unknown.stderr).toContain("there is no container nobody");
});

test("init asks on a terminal, and asks again where an answer does not fit", async () => {
  await using site = openSite();
  const init = site.startOnTerminal(["init"]);
  const answers: readonly (readonly [question: string, answer: string])[] = [
    ["Name of the deployment", "Not A Name"],
    ["use lower-case letters", site.deployment],
    ["Image of a service", "axon-example/sleeper:latest"],
    ["Its name (sleeper)", ""],
    ["Port that it listens on", "80000"],
    ["write a number from 1 to 65535", "8000"],
    ["Port of this host", ""],
    ["Directory in it", "/srv/data"],
    ["or nothing when that is all", ""],
  ];
  for (const [question, answer] of answers) {
    await init.seen(question);
    init.type(`${answer}\n`);
  }
  const { exitCode, stdout } = await init.ended;
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
  expect(stdout).toContain("Servicefile is written. Look at it, and then: axon plan");
  expect(fileOf(site, "Servicefile")).toBe(`\
Deployment: ${site.deployment}

sleeper:
  image: axon-example/sleeper:latest
  ports: {main: 8000}
  volumes: {data: /srv/data}
`);
  expect(await site.axon(["deploy", "--yes"])).toExitWith(0);
});
