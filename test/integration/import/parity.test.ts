import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { composeUp } from "../../helpers/compose.ts";
import { contentsIn, type Facts, factsOf, resourcesOf } from "../../helpers/parity.ts";

const root = "fixtures/parity/";

interface Given {
  readonly files?: readonly string[];
  readonly profiles?: readonly string[];
  /** Services that end: Axon keeps a record of them, and no container. */
  readonly oneShots?: readonly string[];
  /** Files in the containers of the service web: Compose mounts them, and Axon copies them. */
  readonly contents?: readonly string[];
}

/** One folder is one case: Compose files, and what they need. */
test.for(readdirSync(root))("Axon makes the same containers as Compose does: %s", async (name) => {
  await using site = openSite();
  cpSync(`${root}${name}`, site.directory, { recursive: true });
  const given = givenIn(`${root}${name}/given.json`);
  expect(await importAll(site, given)).toExitWith(0);
  const made = await madeByCompose(site, given);
  // What Compose has made on the host is Axon's to make, too.
  rmSync(join(site.directory, "made"), { recursive: true, force: true });

  expect(await site.deploy()).toExitWith(0);
  expect(await madeByAxon(site, given)).toEqual(made);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

function givenIn(file: string): Given {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

function importAll(site: Site, { files = ["compose.yaml"], profiles = [] }: Given) {
  const asked = profiles.flatMap((profile) => ["--profile", profile]);
  return site.axon(["import", "compose", ...files, ...asked, "-o", "Servicefile"]);
}

/** Containers by service. */
interface Made {
  readonly containers: Readonly<Record<string, readonly Facts[]>>;
  readonly resources: Facts;
}

async function madeByCompose(site: Site, given: Given): Promise<Made> {
  const { files = [], profiles = [] } = given;
  const options = [
    ...files.flatMap((file) => ["-f", file]),
    ...profiles.flatMap((profile) => ["--profile", profile]),
  ];
  await using _project = composeUp(site.directory, site.deployment, options);
  const label = `com.docker.compose.project=${site.deployment}`;
  const filters = { label: [label] };
  const containers = await site.docker.listContainers({ all: true, filters });
  const networks = (network: string) => network.replace(/^.*_/, "").replace("default", "");
  const named = containers.map(
    ({ Id, Labels }) => [Labels["com.docker.compose.service"], Id] as const,
  );
  return await gathered(site, named, { given, networks, label });
}

async function madeByAxon(site: Site, given: Given): Promise<Made> {
  const containers = await site.containers();
  const networks = (network: string) => network.replace(site.deployment, "").replace("_", "");
  const named = containers.map(({ Id, Labels }) => [Labels["io.axon.service"], Id] as const);
  const label = `io.axon.deployment=${site.deployment}`;
  return gathered(site, named, { given, networks, label });
}

interface Looking {
  readonly given: Given;
  readonly label: string;
  networks(name: string): string;
}

async function gathered(
  { docker }: Site,
  named: readonly (readonly [service: string | undefined, id: string])[],
  { given, networks, label }: Looking,
): Promise<Made> {
  const made: Record<string, Facts[]> = {};
  const copied = given.contents ?? [];
  const lasting = named.filter(([service = ""]) => !given.oneShots?.includes(service));
  for (const [service = "", id] of lasting) {
    const container = docker.getContainer(id);
    const inspected = await container.inspect();
    const looking = { networks: (name: string) => networks(serviceIn(name, named)), copied };
    const facts = factsOf(inspected, looking);
    const contents = service === "web" ? await contentsIn(container, copied) : {};
    made[service] = [...(made[service] ?? []), { ...facts, ...contents }];
  }
  return { containers: made, resources: await resourcesOf(docker, label, networks) };
}

/** `container:<id>` as `container:<service>`. */
function serviceIn(
  text: string,
  named: readonly (readonly [service: string | undefined, id: string])[],
): string {
  const [service] = named.find(([, id]) => text === `container:${id}`) ?? [];
  return service === undefined ? text : `container:${service}`;
}
