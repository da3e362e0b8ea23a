import pLimit from "p-limit";
import { beyondFields } from "../../fields/beyond.ts";
import type { DockerContainer } from "../../fields/docker-api.ts";
import { fromDockerNetwork } from "../../fields/network-table.ts";
import { fromDockerVolume } from "../../fields/volume-table.ts";
import type {
  AdoptableContainer,
  AdoptedInstance,
  ForeignPort,
  ImageFacts,
  LiveContainer,
  LiveEngine,
  LiveNetwork,
  LiveVolume,
} from "../../live.ts";
import type { EngineLook } from "../engine.ts";
import type { DockerClient } from "./docker-client.ts";
import { isStatus } from "./docker-errors.ts";
import type {
  DockerImage,
  DockerListedContainer,
  DockerNetwork,
  DockerVolume,
} from "./docker-responses.ts";
import { fromImage } from "./from-image.ts";
import { fromInspect } from "./from-inspect.ts";
import { DEPLOYMENT_LABEL } from "./labels.ts";

interface Look {
  readonly client: DockerClient;
  readonly signal: AbortSignal;
}

/** Three lists at once; when the deployment is known, one inspection per container of its and one per image. */
export function beginLook(look: Look): EngineLook {
  const listing = list(look);
  listing.catch(() => {});
  return { of: async (deployment) => observe(await listing, deployment, look) };
}

type Listing = Awaited<ReturnType<typeof list>>;

async function list({ client, signal }: Look) {
  const call = { doing: "look at the engine", signal };
  const [containers, networks, { Volumes }] = await Promise.all([
    client.json<DockerListedContainer[]>("GET /containers/json", { ...call, query: { all: 1 } }),
    client.json<DockerNetwork[]>("GET /networks", call),
    client.json<{ Volumes: DockerVolume[] | null }>("GET /volumes", call),
  ]);
  return { containers, networks, volumes: Volumes ?? [] };
}

async function observe(
  { containers, networks, volumes }: Listing,
  deployment: string,
  look: Look,
): Promise<LiveEngine> {
  const isOurs = ownedBy(deployment);
  const foreign = containers.filter((item) => !isOurs(item));
  const names = new Map(
    containers.map(({ Id, Names }) => [Id, withoutSlash(Names?.[0] ?? Id)] as const),
  );
  return {
    containers: await inspectAll(containers.filter(isOurs), names, look),
    networks: networks
      .filter(isOurs)
      .map((network) => toNetwork(network, foreign))
      .sort(byName),
    volumes: volumes.filter(isOurs).map(toVolume).sort(byName),
    foreign: {
      containerNames: Object.fromEntries(foreign.flatMap(namedContainer)),
      networkNames: foreignNames(networks, isOurs, "network"),
      volumeNames: foreignNames(volumes, isOurs, "volume"),
      publishedPorts: foreign.flatMap(publishedPorts),
      adoptable: adoptable(
        foreign,
        networks.filter((item) => !isOurs(item)),
      ),
    },
  };
}

function toNetwork(network: DockerNetwork, foreign: readonly DockerListedContainer[]): LiveNetwork {
  const { Id, Name } = network;
  const guests = foreign.filter((item) => networksOf(item).includes(Name));
  return {
    id: Id,
    name: Name,
    spec: fromDockerNetwork(Name, network),
    guests: guests.map(({ Names, Id: id }) => withoutSlash(Names?.[0] ?? id)).sort(),
  };
}

function toVolume({ Name, Driver = "", Options, Labels }: DockerVolume): LiveVolume {
  return {
    name: Name,
    spec: fromDockerVolume(Name, { Driver, DriverOpts: Options ?? null, Labels }),
  };
}

function networksOf({ NetworkSettings }: DockerListedContainer): string[] {
  return Object.keys(NetworkSettings?.Networks ?? {});
}

/** The engine lists in an order of its own, which changes; two looks at the same things are the same. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

type Labelled = { readonly Labels: Record<string, string> | null };

function ownedBy(deployment: string): (item: Labelled) => boolean {
  return ({ Labels }) => Labels?.[DEPLOYMENT_LABEL] === deployment;
}

/** Of those that the engine did not answer together with the others. */
const INSPECTIONS_AT_ONCE = 8;

async function inspectAll(
  listed: readonly DockerListedContainer[],
  names: ReadonlyMap<string, string>,
  look: Look,
): Promise<LiveContainer[]> {
  const inTurn = pLimit(INSPECTIONS_AT_ONCE);
  const imageIds = [...new Set(listed.map(({ ImageID }) => ImageID))];
  const [told, images] = await Promise.all([
    look.client.jsonOfEach<DockerContainer>(
      listed.map(({ Id }) => inspectionOf(Id)),
      look.signal,
    ),
    Promise.all(imageIds.map((id) => inspectImage(id, look))),
  ]);
  const containers = await Promise.all(
    listed.map(async ({ Id }, at) => told[at] ?? inTurn(() => inspectContainer(Id, look))),
  );
  const defaults = new Map(images.map((facts) => [facts?.id, facts?.defaults]));
  return containers
    .flatMap((item) =>
      item ? [fromInspect(withNames(item, names), defaults.get(item.Image))] : [],
    )
    .sort(byName);
}

const MODES = ["NetworkMode", "PidMode", "IpcMode"] as const;

/** The engine tells by id of whom a container shares namespaces. One that is gone has no name. */
function withNames(
  container: DockerContainer,
  names: ReadonlyMap<string, string>,
): DockerContainer {
  const HostConfig = { ...container.HostConfig };
  for (const mode of MODES) {
    const id = /^container:(.+)$/.exec(HostConfig[mode] ?? "")?.[1];
    if (id !== undefined) HostConfig[mode] = `container:${names.get(id) ?? id.slice(0, 12)}`;
  }
  return { ...container, HostConfig };
}

/** Whosever it is; undefined: there is none of that name or id. What its image supplies is not taken out. */
export async function observeContainer(
  reference: string,
  look: Look,
): Promise<LiveContainer | undefined> {
  const container = await inspectContainer(reference, look);
  return container && { ...fromInspect(container), beyond: beyondFields(container) };
}

/** undefined: it went away meanwhile. */
function inspectContainer(id: string, { client, signal }: Look) {
  const call = { doing: `inspect container ${id.slice(0, 12)}`, signal };
  return unlessGone(client.json<DockerContainer>(inspectionOf(id), call));
}

function inspectionOf(container: string) {
  return `GET /containers/${container}/json` as const;
}

/** undefined: it was removed although a container was made of it. */
async function inspectImage(id: string, { client, signal }: Look): Promise<ImageFacts | undefined> {
  const call = { doing: `inspect image ${id}`, signal };
  const image = await unlessGone(client.json<DockerImage>(`GET /images/${id}/json`, call));
  return image && fromImage(image, id);
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

function namedContainer({ Id, Names, Image, Labels }: DockerListedContainer): [string, string][] {
  const deployment = Labels?.[DEPLOYMENT_LABEL];
  const owner = deployment === undefined ? `image ${Image}` : `deployment ${deployment}`;
  return (Names ?? []).map((name) => [
    withoutSlash(name),
    `container ${Id.slice(0, 12)} (${owner})`,
  ]);
}

function foreignNames(
  items: readonly (Labelled & { readonly Name: string })[],
  isOurs: (item: Labelled) => boolean,
  kind: string,
): Record<string, string> {
  const describe = ({ Name, Labels }: (typeof items)[number]) => {
    const deployment = Labels?.[DEPLOYMENT_LABEL];
    return deployment === undefined ? `${kind} ${Name}` : `${kind} of deployment ${deployment}`;
  };
  const foreign = items.filter((item) => !isOurs(item));
  return Object.fromEntries(foreign.map((item) => [item.Name, describe(item)]));
}

/** What another deployment has taken over carries no label, but is on that one's network. */
function adoptable(
  containers: readonly DockerListedContainer[],
  networks: readonly DockerNetwork[],
): AdoptableContainer[] {
  const taken = new Set(networks.filter(isLabelled).map(({ Name }) => Name));
  return containers
    .filter((item) => !isLabelled(item))
    .filter((item) => networksOf(item).every((name) => !taken.has(name)))
    .flatMap(({ Names, Labels }) => {
      const names = (Names ?? []).map(withoutSlash).filter(isOwnName);
      return names.map((name) => ({ name, composed: composedFor(Labels) }));
    });
}

/** Of a container that links to it, the engine tells a name with a slash. */
function isOwnName(name: string): boolean {
  return !name.includes("/");
}

function composedFor(labels: Labelled["Labels"]): AdoptedInstance | undefined {
  const label = (name: string) => labels?.[`com.docker.compose.${name}`];
  const service = label("service");
  if (service === undefined) return undefined;
  const isOneOff = label("oneoff")?.toLowerCase() === "true";
  return { service, instance: isOneOff ? 0 : Number(label("container-number") ?? 0) };
}

function isLabelled({ Labels }: Labelled): boolean {
  return Labels?.[DEPLOYMENT_LABEL] !== undefined;
}

function withoutSlash(name: string): string {
  return name.replace(/^\//, "");
}

/** The engine names a port on every address once per family. */
function publishedPorts({ Id, Names, Ports }: DockerListedContainer): ForeignPort[] {
  const holder = withoutSlash(Names?.[0] ?? Id.slice(0, 12));
  const ports = (Ports ?? []).flatMap(({ IP = "", PublicPort, Type }): ForeignPort[] => {
    if (PublicPort === undefined || (Type !== "tcp" && Type !== "udp")) return [];
    const hostAddress = IP === "0.0.0.0" || IP === "::" ? "" : IP;
    return [{ protocol: Type, hostAddress, hostPort: PublicPort, holder }];
  });
  const distinct = new Map(ports.map((port) => [JSON.stringify(port), port]));
  return [...distinct.values()];
}
