import { expect, test } from "vitest";
import { listNetworks, listVolumes, openSite, type Site } from "../../helpers/axon.ts";

/** All that a deployment has, as engine and store tell it; what stays as it was is equal. */
async function everythingOf(site: Site, deployment = site.deployment) {
  const containers = await site.containers(deployment);
  const routes = Object.entries(await site.keys("traefik/")).filter(([key]) =>
    key.includes(`/${deployment}_`),
  );
  return {
    containers: containers.map(({ Names, Id, State }) => `${Names} ${Id} ${State}`).sort(),
    networks: (await listNetworks(deployment)).map(({ Name, Id }) => `${Name} ${Id}`).sort(),
    volumes: await listVolumes(deployment),
    config: await site.keys(`axon/${deployment}/config/`),
    endpoints: await site.keys(`axon/${deployment}/services/`),
    routes: Object.fromEntries(routes),
  };
}

type Everything = Awaited<ReturnType<typeof everythingOf>>;

/** Names of containers and networks, and the keys, without what is another in every world. */
function namesOf({ containers, networks, volumes, config, endpoints, routes }: Everything) {
  const first = (line: string) => line.split(" ")[0] ?? "";
  return {
    containers: containers.map(first),
    networks: networks.map(first),
    volumes,
    config: Object.keys(config),
    endpoints: Object.keys(endpoints),
    routes: [...new Set(Object.keys(routes).map((key) => key.split("/")[3]))].sort(),
  };
}

/** The serving network is there for `first`. Step 2 is `early` and the one-shot, and nothing else. */
function large(deployment: string): string {
  return `\
Config: {kept: "1", gone/soon: "2"}
Domains:
  kept.${deployment}.example.org: ${deployment}:kept:http
  gone.${deployment}.example.org: ${deployment}:early:http
kept: {image: axon-example/sleeper, ports: {http: 80}, volumes: {data: /data}}
first: {image: axon-example/sleeper, healthcheck: {test: "true", interval: 200ms}}
early: {image: axon-example/sleeper, step: 2, ports: {http: 80}, volumes: {data: /data}}
job: {image: axon-example/sleeper, step: 2, detach: false, cmd: "true"}
`;
}

function small(deployment: string): string {
  return `\
Config: {kept: "1"}
Domains: {kept.${deployment}.example.org: "${deployment}:kept:http"}
kept: {image: axon-example/sleeper, ports: {http: 80}, volumes: {data: /data}}
`;
}

test("what is not in the file any more goes: service, network, key, endpoint, route, a whole step; volumes stay until they are asked for", async () => {
  await using site = openSite();
  const { deployment: name } = site;
  await site.deploy(large(name));
  const before = await everythingOf(site);
  const left = {
    containers: [`/${name}-kept-1`],
    networks: [name],
    volumes: [`${name}-early-data`, `${name}-kept-data`],
    config: [`axon/${name}/config/kept`],
    endpoints: [`axon/${name}/services/kept/http`],
  };
  for (const [kind, names] of Object.entries(left)) {
    expect(namesOf(before)).toHaveProperty(kind, expect.arrayContaining(names));
  }
  expect(namesOf(before).containers).toHaveLength(3);
  expect(namesOf(before).networks).toHaveLength(2);
  expect(namesOf(before).routes).toHaveLength(2);

  site.write("Servicefile", small(name));
  const plan = await site.axon(["plan", "-D", name]);
  for (const gone of ["first", "early", "gone/soon", "early/http", `gone.${name}.example.org`]) {
    expect(plan.stdout).toMatch(new RegExp(`^  - ${gone.replaceAll(".", "\\.")} +remove`, "m"));
  }
  await site.deploy();
  const pruned = await everythingOf(site);
  expect(namesOf(pruned)).toEqual({ ...left, routes: namesOf(before).routes.slice(1) });
  expect(before.containers).toEqual(expect.arrayContaining(pruned.containers));
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  const asked = await site.axon(["deploy", "-D", name, "--prune-volumes", "--yes"]);
  expect(asked).toExitWith(0);
  expect(await everythingOf(site)).toEqual({ ...pruned, volumes: [`${name}-kept-data`] });
});

test("a deployment is observed, planned and pruned without another one whose name begins like its own", async () => {
  await using site = openSite();
  const { deployment: name } = site;
  const others = [site.sibling("2"), site.sibling("first")];
  await site.deploy(large(name));
  const deployOthers = () =>
    Promise.all(
      others.map((other) => {
        site.write(other, large(other));
        return site.axon(["deploy", other, "-D", other, "--prune-volumes"]);
      }),
    );
  for (const done of await deployOthers()) expect(done).toExitWith(0);
  const look = () => Promise.all(others.map((other) => everythingOf(site, other)));
  const before = await look();

  site.write("Servicefile", small(name));
  const prune = ["deploy", "-D", name, "--prune-volumes", "--yes"];
  expect(await site.axon(prune)).toExitWith(0);
  expect(namesOf(await everythingOf(site)).containers).toEqual([`/${name}-kept-1`]);
  expect(await look()).toEqual(before);

  const status = await site.axon(["status", "-D", name]);
  expect(status).toExitWith(0);
  for (const other of others) expect(status.stdout).not.toContain(other);
  for (const { stdout } of await deployOthers()) expect(stdout).toBe("No changes.\n");
});
