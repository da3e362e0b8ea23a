import type { Addresses, NetworkAttachment } from "../model.ts";
import { deltaOf, sameList, sortedKeys } from "./delta.ts";
import type { DockerContainer, DockerEndpoint } from "./docker-api.ts";
import type { Delta, Field } from "./field.ts";
import { givenValue, markGiven } from "./given.ts";
import { NONE } from "./nothing.ts";

type Attachments = readonly NetworkAttachment[];

/** The host's own, which is neither joined nor left. */
const HOST = "host";

/** How Docker calls being attached to nothing. */
const NOWHERE = "none";

export const networks: Field<Attachments> = {
  key: "networks",
  /** A MAC address is marked when the container is made, because every endpoint that is up has one. */
  change: (before, after) =>
    isSwitched(before, after) || !sameList(macs(before), macs(after)) ? "replace" : "update",
  since: (value) =>
    value
      .filter(({ addresses }) => addresses?.mac !== undefined)
      .map(() => ({ path: ["networks"], what: "mac_address", api: "1.44" })),
  diff(before, after) {
    const [old, wanted] = [byName(before), byName(after)];
    return [
      ...deltaOf("networks", [...old.keys()].sort(), [...wanted.keys()].sort()),
      ...sortedKeys(old, wanted).flatMap((name) =>
        attachmentDeltas(old.get(name), wanted.get(name)),
      ),
    ];
  },
  /** The host name leads to the container in each of its networks; older engines list it as an alias. */
  withoutImage: (value, _image, { hostname }) =>
    value.map((attachment) => ({
      ...attachment,
      aliases: attachment.aliases.filter((alias) => alias !== hostname),
    })),
  /**
   * Only the first: older engines accept one at creation, and the others are connected before the start. Newer ones
   * take a MAC address at creation only.
   */
  toDocker(value, body) {
    const [first] = value;
    body.HostConfig.NetworkMode = first?.name ?? NOWHERE;
    if (!first) return;
    const fixed = value.filter(({ addresses }) => addresses?.mac !== undefined);
    const now = [...new Set([first, ...fixed])];
    const EndpointsConfig = Object.fromEntries(now.map((one) => [one.name, toEndpoint(one)]));
    body.NetworkingConfig = { EndpointsConfig };
    markGiven(
      fixed.map(({ name, addresses }) => `${macPath(name)}=${addresses?.mac}`),
      body,
    );
  },
  fromDocker(container) {
    const { NetworkSettings } = container;
    return Object.entries(NetworkSettings.Networks ?? {})
      .filter(([name]) => name !== NOWHERE)
      .map(([name, endpoint]) => fromEndpoint(name, endpoint, container))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  },
};

export function toEndpoint({ aliases, addresses }: NetworkAttachment): DockerEndpoint {
  const { ipv4, ipv6, linkLocal = NONE, mac } = addresses ?? {};
  const isFixed = ipv4 !== undefined || ipv6 !== undefined || linkLocal.length > 0;
  return {
    Aliases: [...aliases],
    ...(isFixed && {
      IPAMConfig: {
        ...(ipv4 && { IPv4Address: ipv4 }),
        ...(ipv6 && { IPv6Address: ipv6 }),
        ...(linkLocal.length > 0 && { LinkLocalIPs: [...linkLocal] }),
      },
    }),
    ...(mac && { MacAddress: mac }),
  };
}

/** What to undo and what to do so that the attachments become as wanted. */
export function networkMoves(before: Attachments, after: Attachments) {
  const [old, wanted] = [byName(before), byName(after)];
  const isSame = (attachment: NetworkAttachment) => {
    const there = old.get(attachment.name);
    return there !== undefined && attachmentDeltas(there, attachment).length === 0;
  };
  return {
    disconnect: [...old.keys()].filter((name) => !wanted.has(name)),
    connect: after.filter((attachment) => !isSame(attachment)),
  };
}

/** Of a network that both are on. */
function attachmentDeltas(
  before: NetworkAttachment | undefined,
  after: NetworkAttachment | undefined,
): readonly Delta[] {
  if (before === undefined || after === undefined) return NONE;
  const path = `networks.${after.name}`;
  const [old, wanted] = [before.addresses ?? {}, after.addresses ?? {}];
  return [
    ...deltaOf(`${path}.aliases`, sorted(before.aliases), sorted(after.aliases)),
    ...deltaOf(`${path}.ipv4_address`, old.ipv4, wanted.ipv4),
    ...deltaOf(`${path}.ipv6_address`, old.ipv6, wanted.ipv6),
    ...deltaOf(`${path}.link_local_ips`, sorted(old.linkLocal), sorted(wanted.linkLocal)),
    ...deltaOf(`${path}.mac_address`, old.mac, wanted.mac),
  ];
}

function fromEndpoint(
  name: string,
  endpoint: DockerEndpoint,
  container: DockerContainer,
): NetworkAttachment {
  const shortId = container.Id.slice(0, 12);
  const aliases = sorted((endpoint.Aliases ?? []).filter((alias) => alias !== shortId));
  const mac = givenValue(macPath(name), container);
  const { IPv4Address: ipv4, IPv6Address: ipv6, LinkLocalIPs } = endpoint.IPAMConfig ?? {};
  const addresses: Addresses = {
    ...(ipv4 && { ipv4 }),
    ...(ipv6 && { ipv6 }),
    ...(LinkLocalIPs?.length && { linkLocal: sorted(LinkLocalIPs) }),
    ...(mac && { mac: endpoint.MacAddress?.toLowerCase() || mac }),
  };
  return Object.keys(addresses).length > 0 ? { name, aliases, addresses } : { name, aliases };
}

function isSwitched(before: Attachments, after: Attachments): boolean {
  const isOnHost = (list: Attachments) => list.some(({ name }) => name === HOST);
  return isOnHost(before) !== isOnHost(after);
}

function macPath(network: string): string {
  return `networks.${network}.mac_address`;
}

function macs(list: Attachments): string[] {
  return list
    .flatMap(({ name, addresses: { mac } = {} }) => (mac ? [`${name} ${mac}`] : []))
    .sort();
}

function byName(list: Attachments): ReadonlyMap<string, NetworkAttachment> {
  return new Map(list.map((attachment) => [attachment.name, attachment]));
}

function sorted(texts: readonly string[] = NONE): string[] {
  return [...new Set(texts)].sort();
}
