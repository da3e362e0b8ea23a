import type { NetworkAttachment } from "../model.ts";
import { deltaOf, sortedKeys } from "./delta.ts";
import type { Field } from "./field.ts";

type Attachments = readonly NetworkAttachment[];

/** How Docker calls being attached to nothing. */
const NOWHERE = "none";

export const networks: Field<Attachments> = {
  key: "networks",
  change: "update",
  diff(before, after) {
    const [old, wanted] = [aliasesByName(before), aliasesByName(after)];
    const kept = sortedKeys(old, wanted).filter((name) => old.has(name) && wanted.has(name));
    return [
      ...deltaOf("networks", [...old.keys()].sort(), [...wanted.keys()].sort()),
      ...kept.flatMap((name) =>
        deltaOf(`networks.${name}.aliases`, old.get(name), wanted.get(name)),
      ),
    ];
  },
  /** The host name leads to the container in each of its networks; older engines list it as an alias. */
  withoutImage: (value, _image, { hostname }) =>
    value.map(({ name, aliases }) => ({
      name,
      aliases: aliases.filter((alias) => alias !== hostname),
    })),
  /** Only the first: older engines accept one at creation. The others are connected before the start. */
  toDocker([first], body) {
    body.HostConfig.NetworkMode = first?.name ?? NOWHERE;
    if (!first) return;
    body.NetworkingConfig = { EndpointsConfig: { [first.name]: { Aliases: [...first.aliases] } } };
  },
  fromDocker({ Id, NetworkSettings }) {
    const shortId = Id.slice(0, 12);
    return Object.entries(NetworkSettings.Networks ?? {})
      .filter(([name]) => name !== NOWHERE)
      .map(([name, { Aliases }]) => ({
        name,
        aliases: sorted((Aliases ?? []).filter((alias) => alias !== shortId)),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  },
};

/** What to undo and what to do so that the attachments become as wanted. */
export function networkMoves(before: Attachments, after: Attachments) {
  const [old, wanted] = [aliasesByName(before), aliasesByName(after)];
  const isSame = (name: string) =>
    deltaOf(name, old.get(name) ?? "absent", wanted.get(name) ?? "absent").length === 0;
  return {
    disconnect: [...old.keys()].filter((name) => !wanted.has(name)),
    connect: after.filter(({ name }) => !isSame(name)),
  };
}

function aliasesByName(list: Attachments): ReadonlyMap<string, readonly string[]> {
  return new Map(list.map(({ name, aliases }) => [name, sorted(aliases)]));
}

function sorted(aliases: readonly string[]): string[] {
  return [...new Set(aliases)].sort();
}
