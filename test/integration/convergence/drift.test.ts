import type Docker from "dockerode";
import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import type { Run } from "../../helpers/run-axon.ts";
import { named, stableRoutes } from "../../helpers/stable-routes.ts";

const OUTSIDE = "# changed outside of axon";
const GONE = "# was removed outside of axon";

/** Two that write one volume are never up together: it is replaced stop-first. */
const STOP_FIRST = "volumes: {data: /data}";
/** Its alias is on a network of its own. */
const START_FIRST = 'healthcheck: {test: "true", interval: 200ms}';

function file(deployment: string, more: string): string {
  return `\
Config: {greeting: hello}
Domains: {example.org: "${deployment}:service:http"}
service:
  {image: axon-example/sleeper, memory: 64m, ports: {http: 80}, ${more}}
`;
}

interface Told {
  /** The deployment, whose own network is called so, too. */
  readonly name: string;
  /** What the router knows the container by that was there before. */
  readonly address: string;
  readonly store: string;
}

interface Drift {
  readonly title: string;
  /** Changes something by hand. */
  readonly change: (site: Site, id: string) => Promise<unknown>;
  /** All lines of the plan that say what changes, and how, each with single blanks. */
  readonly says: (told: Told) => readonly string[];
  /** Whether the container is the same after it has been repaired. */
  readonly isKept: boolean;
  readonly isStartFirst?: true;
}

const CASES: readonly Drift[] = [
  {
    title: "more memory",
    change: ({ docker }, id) =>
      docker.getContainer(id).update({ Memory: 128 * 2 ** 20, MemorySwap: 256 * 2 ** 20 }),
    says: () => ["~ service update in place", `memory: 128m -> 64m ${OUTSIDE}`],
    isKept: true,
  },
  {
    title: "another restart policy",
    change: ({ docker }, id) =>
      docker.getContainer(id).update({ RestartPolicy: { Name: "always" } }),
    says: () => ["~ service update in place", `restart: always -> unless-stopped ${OUTSIDE}`],
    isKept: true,
  },
  {
    title: "one network more",
    change: async (site, id) => {
      const Name = site.sibling("other");
      const Labels = { "io.axon.deployment": Name };
      const network = await site.docker.createNetwork({ Name, Labels });
      await network.connect({ Container: id });
    },
    says: ({ name }) => [
      "~ service update in place",
      `networks: ["${name}","${name}-other"] -> ["${name}"] ${OUTSIDE}`,
    ],
    isKept: true,
  },
  {
    title: "taken off its network",
    change: async ({ docker, deployment }, id) =>
      docker.getNetwork(deployment).disconnect({ Container: id }),
    says: ({ name }) => ["~ service update in place", `networks: [] -> ["${name}"] ${OUTSIDE}`],
    isKept: true,
  },
  {
    title: "another name",
    change: ({ docker, deployment }, id) =>
      docker.getContainer(id).rename({ name: `${deployment}-renamed` }),
    says: ({ name }) => [
      "~ service update in place",
      `name: ${name}-renamed -> ${name}-service-1 ${OUTSIDE}`,
    ],
    isKept: true,
  },
  {
    title: "paused",
    change: ({ docker }, id) => docker.getContainer(id).pause(),
    says: () => ["> service start # was paused"],
    isKept: true,
  },
  {
    title: "stopped",
    change: ({ docker }, id) => docker.getContainer(id).stop(),
    says: () => ["> service start # was stopped (exit 0)"],
    isKept: true,
  },
  {
    title: "killed",
    change: ({ docker }, id) => docker.getContainer(id).kill(),
    says: () => ["> service start # was stopped (exit 137)"],
    isKept: true,
  },
  {
    title: "removed",
    change: ({ docker }, id) => docker.getContainer(id).remove({ force: true }),
    says: ({ name, address }) => [
      `+ service create ${GONE}`,
      "image: axon-example/sleeper",
      `volumes./data: ${name}-service-data`,
      `~ example.org update route -> ${name}:service:http`,
      `servers: ["${address}"] -> ["(new):80"] ${OUTSIDE}`,
    ],
    isKept: false,
  },
  {
    title: "its network removed",
    change: ({ docker, deployment }) => removeNetwork(docker.getNetwork(deployment)),
    says: ({ name, store }) => [
      `+ ${name} create network ${GONE}`,
      `~ ${store} update store # joins ${name} as consul`,
      "~ service update in place",
      `networks: [] -> ["${name}"] ${OUTSIDE}`,
    ],
    isKept: true,
  },
  {
    title: "taken off the network that has its alias",
    isStartFirst: true,
    change: ({ docker, deployment }, id) =>
      docker.getNetwork(`${deployment}.serving`).disconnect({ Container: id }),
    says: ({ name }) => [
      "~ service update in place",
      `networks: ["${name}"] -> ["${name}","${name}.serving"] ${OUTSIDE}`,
    ],
    isKept: true,
  },
  {
    title: "the network that has its alias removed",
    isStartFirst: true,
    change: ({ docker, deployment }) => removeNetwork(docker.getNetwork(`${deployment}.serving`)),
    says: ({ name }) => [
      `+ ${name}.serving create network ${GONE}`,
      "~ service update in place",
      `networks: ["${name}"] -> ["${name}","${name}.serving"] ${OUTSIDE}`,
    ],
    isKept: true,
  },
  {
    title: "its volume removed",
    change: async ({ docker, deployment }, id) => {
      await docker.getContainer(id).remove({ force: true });
      await docker.getVolume(`${deployment}-service-data`).remove();
    },
    says: ({ name, address }) => [
      `+ ${name}-service-data create volume ${GONE}`,
      `+ service create ${GONE}`,
      "image: axon-example/sleeper",
      `volumes./data: ${name}-service-data`,
      `~ example.org update route -> ${name}:service:http`,
      `servers: ["${address}"] -> ["(new):80"] ${OUTSIDE}`,
    ],
    isKept: false,
  },
  {
    title: "a store key edited",
    change: (site) => site.putKey(`axon/${site.deployment}/config/greeting`, "goodbye"),
    says: () => [
      "~ greeting update config # the value differs",
      `value: "goodbye" -> "hello" ${OUTSIDE}`,
    ],
    isKept: true,
  },
  {
    title: "a store key deleted",
    change: (site) => site.deleteKey(`axon/${site.deployment}/config/greeting`),
    says: () => [`+ greeting create config ${GONE}`, 'value: "hello"'],
    isKept: true,
  },
  {
    title: "an endpoint edited",
    change: (site) => site.putKey(`axon/${site.deployment}/services/service/http`, "nowhere:1"),
    says: ({ name }) => [
      "~ service update in place # where it is reached",
      `endpoints.http: nowhere:1 -> ${name}-service-1:80 ${OUTSIDE}`,
    ],
    isKept: true,
  },
  {
    title: "a route edited",
    change: async (site) => {
      await site.putKey(await routeKey(site, "/rule"), "Host(`elsewhere.example.org`)");
    },
    says: ({ name }) => [
      `~ example.org update route -> ${name}:service:http`,
      `routers/rule: Host(\`elsewhere.example.org\`) -> Host(\`example.org\`) ${OUTSIDE}`,
    ],
    isKept: true,
  },
  {
    title: "a route led elsewhere",
    change: async (site) => {
      await site.putKey(await routeKey(site, "/url"), "http://10.9.9.9:1");
    },
    says: ({ name, address }) => [
      `~ example.org update route -> ${name}:service:http`,
      `servers: ["10.9.9.9:1"] -> ["${address}"] ${OUTSIDE}`,
    ],
    isKept: true,
  },
];

for (const { title, change, says, isKept, isStartFirst } of CASES) {
  test(`changed by hand, ${title}: named with old and new, and repaired`, async () => {
    await using site = openSite();
    await site.deploy(file(site.deployment, isStartFirst ? START_FIRST : STOP_FIRST));
    const before = await site.inspect("service");
    const keys = await kept(site);
    await change(site, before.Id);

    const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
    expect(plan).toExitWith(2);
    const name = site.deployment;
    const address = `${before.Id.slice(0, 12)}:80`;
    expect(told(plan)).toEqual(says({ name, address, store: `axon-${site.system}-consul` }));
    await site.deploy();

    const after = await site.inspect("service");
    expect(after.Id === before.Id).toBe(isKept);
    expect(after.State).toMatchObject({ Running: true, Paused: false });
    expect(after.HostConfig.Memory).toBe(64 * 2 ** 20);
    expect(after.HostConfig.RestartPolicy).toEqual(before.HostConfig.RestartPolicy);
    expect(namesThere(after)).toEqual(
      isStartFirst
        ? { [site.deployment]: [], [`${site.deployment}.serving`]: ["service"] }
        : { [site.deployment]: ["service"] },
    );
    expect(await kept(site)).toEqual(keys);
    expect((await site.deploy()).stdout).toBe("No changes.\n");
  });
}

/** What a plan says below its title, without headings and numbers of attributes that are as they were. */
function told({ stdout }: Run): string[] {
  return stdout
    .slice(stdout.indexOf("\n\n"))
    .split("\n")
    .filter((line) => line.startsWith(" ") && !/^ *\(\d+ unchanged/.test(line))
    .map((line) => line.trim().replaceAll(/ +/g, " "));
}

/** By network, the names of the file by which others find it. */
function namesThere({ NetworkSettings }: Docker.ContainerInspectInfo) {
  return Object.fromEntries(
    Object.entries(NetworkSettings.Networks).map(([network, { Aliases }]) => [
      network,
      (Aliases ?? []).filter((alias: string) => alias === "service"),
    ]),
  );
}

async function removeNetwork(network: Docker.Network): Promise<void> {
  const { Containers } = await network.inspect();
  for (const Container of Object.keys(Containers ?? {})) {
    await network.disconnect({ Container, Force: true });
  }
  await network.remove();
}

async function routeKey(site: Site, end: string): Promise<string> {
  const keys = Object.keys(await site.keys("traefik/http/"));
  return keys.find((key) => key.includes(`/${site.deployment}_`) && key.endsWith(end)) ?? "";
}

/** What the store holds for services and router. */
async function kept(site: Site): Promise<Record<string, string>> {
  const [config, endpoints, routes] = await Promise.all([
    site.keys(`axon/${site.deployment}/config/`),
    site.keys(`axon/${site.deployment}/services/`),
    site.keys("traefik/http/"),
  ]);
  const own = Object.entries(routes).filter(([key]) => key.includes(`/${site.deployment}_`));
  const stable = stableRoutes(Object.fromEntries(own), named(await site.containers()));
  return { ...config, ...endpoints, ...stable };
}
