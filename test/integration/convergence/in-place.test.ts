import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";

type Inspected = Awaited<ReturnType<Site["inspect"]>>;

interface Attribute {
  /** The service whose attribute changes. */
  readonly service: string;
  readonly before: string;
  readonly after: string;
  readonly says: (site: Site) => string;
  /** What the engine tells of it, and what that should be afterwards. */
  readonly read: (container: Inspected) => unknown;
  readonly value: unknown;
}

const ATTRIBUTES: readonly Attribute[] = [
  {
    service: "memory",
    before: "memory: 64m",
    after: "memory: 128m",
    says: () => "memory: 64m -> 128m",
    read: ({ HostConfig }) => HostConfig.Memory,
    value: 128 * 2 ** 20,
  },
  {
    service: "cpus",
    before: "cpus: 0.5",
    after: "cpus: 0.25",
    says: () => "cpus: 0.5 -> 0.25",
    read: ({ HostConfig }) => HostConfig.NanoCpus,
    value: 0.25e9,
  },
  {
    service: "pids",
    before: "pids_limit: 100",
    after: "pids_limit: 200",
    says: () => "pids_limit: 100 -> 200",
    read: ({ HostConfig }) => HostConfig.PidsLimit,
    value: 200,
  },
  {
    service: "restart",
    before: "restart: always",
    after: "restart: on-failure:3",
    says: () => "restart: always -> on-failure:3",
    read: ({ HostConfig }) => HostConfig.RestartPolicy,
    value: { Name: "on-failure", MaximumRetryCount: 3 },
  },
  {
    service: "alias",
    before: "networks: {default: {aliases: [old]}}",
    after: "networks: {default: {aliases: [new]}}",
    says: ({ deployment }) => `networks.${deployment}.aliases: ["alias","old"] -> ["alias","new"]`,
    read: aliases,
    value: ["alias", "new"],
  },
  {
    service: "served",
    before: 'healthcheck: {test: "true", interval: 200ms}, networks: {default: {aliases: [old]}}',
    after: 'healthcheck: {test: "true", interval: 200ms}, networks: {default: {aliases: [new]}}',
    says: ({ deployment }) =>
      `networks.${deployment}.serving.aliases: ["old","served"] -> ["new","served"]`,
    read: aliases,
    value: ["new", "served"],
  },
];

function aliases({ Id, NetworkSettings }: Inspected): string[] {
  const all = Object.values(NetworkSettings.Networks).flatMap(({ Aliases }) => Aliases ?? []);
  return all.filter((alias) => alias !== Id.slice(0, 12)).sort();
}

function file(side: "before" | "after"): string {
  const service = (attribute: Attribute) =>
    `${attribute.service}: {image: axon-example/sleeper, ${attribute[side]}}\n`;
  return ATTRIBUTES.map(service).join("");
}

test("limits, restart policy and aliases are changed in the running container", async () => {
  await using site = openSite();
  await site.deploy(file("before"));
  const inspectAll = () => Promise.all(ATTRIBUTES.map(({ service }) => site.inspect(service)));
  const before = await inspectAll();
  site.write("Servicefile", file("after"));
  const plan = await site.axon(["plan", "-D", site.deployment]);
  const said = plan.stdout.replaceAll(/ +/g, " ");
  for (const { service, says } of ATTRIBUTES) {
    expect(said).toContain(`~ ${service} update in place\n ${says(site)}\n`);
  }
  await site.deploy();

  const after = await inspectAll();
  for (const [at, { read, value }] of ATTRIBUTES.entries()) {
    const { Id, State } = before[at] as Inspected;
    expect(after[at]).toMatchObject({ Id, State: { Running: true, StartedAt: State.StartedAt } });
    expect(read(after[at] as Inspected)).toEqual(value);
  }
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});
