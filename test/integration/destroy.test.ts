import { expect, test } from "vitest";
import { listNetworks, listVolumes, openSite, type Site } from "../helpers/axon.ts";

const FILE = `\
Deployment: site
Config: {greeting: hello}
Domains: {example.org: "site:website:8000"}
website: {image: rock77/website, cmd: /bin/runserver}
redis: {image: rock77/redis, volumes: {data: /srv/redis}}
job: {image: axon-example/sleeper, cmd: "true", detach: false}
`;

/** A target of its own, which differs in the domain: one can lead to one deployment only. */
function writeTarget(site: Site, name: string): void {
  const domains = `{example.org: null, ${name}.example.org: "site:website:8000"}`;
  const target = `{deployment: ${site.sibling(name)}, overlays: [Servicefile.${name}]}`;
  site.write(`Servicefile.${name}`, `Domains: ${domains}\n`);
  site.write("axon.yaml", `targets: {t${name}: ${target}}\n`);
}

/** Everything that is there of a deployment, as engine and store themselves tell. */
async function everythingOf(site: Site, deployment: string) {
  const containers = await site.containers(deployment);
  const networks = await listNetworks(deployment);
  return {
    containers: containers.map(({ Id, State }) => `${Id} ${State}`).sort(),
    networks: networks.map(({ Id }) => Id).sort(),
    volumes: await listVolumes(deployment),
    keys: await site.keys(`axon/${deployment}/`),
    routes: Object.keys(await site.keys("traefik/http/")).filter((key) =>
      key.includes(`/${deployment}_`),
    ),
  };
}

const NOTHING = { containers: [], networks: [], volumes: [], keys: {}, routes: [] };

test("destroy removes containers, networks, keys and routes of a deployment, and keeps its volumes", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  const { exitCode, stdout } = await site.axon(["destroy", "-D", site.deployment, "--yes"]);
  expect(exitCode).toBe(0);
  const volume = `${site.deployment}-redis-data`;
  expect(await everythingOf(site, site.deployment)).toEqual({ ...NOTHING, volumes: [volume] });
  expect(stdout).toContain(`kept: ${volume} (--volumes removes them)`);
});

test("destroy --volumes removes named volumes, too", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  const args = ["destroy", "-D", site.deployment, "--volumes", "--yes"];
  expect(await site.axon(args)).toExitWith(0);
  expect(await everythingOf(site, site.deployment)).toEqual(NOTHING);
});

test("destroy without --yes shows its plan and, where nobody can be asked, changes nothing and exits 4", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  const before = await everythingOf(site, site.deployment);
  const { exitCode, stdout, stderr } = await site.axon(["destroy", "-D", site.deployment]);
  expect(exitCode).toBe(4);
  for (const text of ["website", "redis", "example.org", `axon/${site.deployment}/`]) {
    expect(stdout).toContain(text);
  }
  expect(stderr).toContain("error ANSWER_NEEDED");
  expect(stderr).toContain("--yes");
  expect(await everythingOf(site, site.deployment)).toEqual(before);
});

test("destroy takes stopped containers and leftovers, too", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  await site.docker.getContainer(`${site.deployment}-website-1`).kill();
  await site.docker.getContainer(`${site.deployment}-redis-1`).pause();
  const leftover = await site.docker.createContainer({
    Image: "axon-example/sleeper",
    Labels: {
      "io.axon.deployment": site.deployment,
      "io.axon.service": "job",
      "io.axon.kind": "bootstrap",
    },
  });
  await leftover.start();
  await site.axon(["destroy", "-D", site.deployment, "--yes"]);
  expect(await site.containers()).toEqual([]);
});

test("a deployment whose name begins like another's is not mixed up with it", async () => {
  await using site = openSite(FILE);
  const other = site.sibling("2");
  await site.deploy();
  writeTarget(site, "2");
  expect(await site.axon(["deploy", "--target", "t2"])).toExitWith(0);
  const before = await everythingOf(site, other);
  const args = ["destroy", "-D", site.deployment, "--volumes", "--yes"];
  expect(await site.axon(args)).toExitWith(0);
  expect(await everythingOf(site, site.deployment)).toEqual(NOTHING);
  expect(await everythingOf(site, other)).toEqual(before);
  expect(before.containers).toHaveLength(2);
  expect(before.keys).toHaveProperty([`axon/${other}/config/greeting`], "hello");
  expect(before.routes).not.toEqual([]);
});

test("two deployments of one file side by side share nothing", async () => {
  await using site = openSite(FILE);
  const other = site.sibling("two");
  await site.deploy();
  writeTarget(site, "two");
  expect(await site.axon(["deploy", "--target", "ttwo"])).toExitWith(0);
  const [one, two] = [await everythingOf(site, site.deployment), await everythingOf(site, other)];
  for (const kind of ["containers", "networks", "volumes", "routes"] as const) {
    expect(one[kind].length).toBe(two[kind].length);
    expect(one[kind].filter((item) => two[kind].includes(item))).toEqual([]);
  }
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  const again = await site.axon(["deploy", "--target", "ttwo"]);
  expect(again).toMatchObject({ stdout: "No changes.\n" });
});

test("what was destroyed is nothing to destroy again, and can be deployed again", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  const destroy = ["destroy", "-D", site.deployment, "--volumes", "--yes"];
  await site.axon(destroy);
  expect(await site.axon(destroy)).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
  const again = await site.deploy();
  expect(again.stdout).toContain("1 run");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("destroy does not go on while the managed store does not run", async () => {
  await using site = openSite("service: {image: axon-example/sleeper}\n", { ownStore: true });
  await site.deploy();
  await site.docker.getContainer(`axon-${site.system}-consul`).stop();
  const { exitCode, stderr } = await site.axon(["destroy", "-D", site.deployment, "--yes"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("error STORE_UNREACHABLE");
  expect(await site.containers()).toHaveLength(1);
});

test("the managed store itself can be destroyed by its name, and keeps its volume", async () => {
  await using site = openSite("service: {image: axon-example/sleeper}\n", { ownStore: true });
  await site.deploy();
  const done = await site.axon(["destroy", "-D", site.system, "--yes"]);
  expect(done).toExitWith(0);
  expect(await site.containers(site.system)).toEqual([]);
  expect(await listVolumes(site.system)).toEqual([`axon-${site.system}-consul`]);
  expect(await site.containers()).toHaveLength(1);
});
