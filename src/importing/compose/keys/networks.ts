import { entriesOf, isNull, itemsOf, scalarOf, textOf } from "../../node.ts";
import { isMap, kept, mapOf, type Out, type OutMap } from "../../out.ts";
import type { Entries, ServiceContext } from "../service-context.ts";

/** Where the service is on which networks, with the names that it loses otherwise. */
export function networks(context: ServiceContext): Entries {
  const { body } = context;
  if (body.entries.has("network_mode")) return [];
  const given = attachments(context);
  for (const network of given?.keys() ?? ["default"]) context.project.used.networks.add(network);
  const names = lostNames(context);
  if (names.length === 0) return given === undefined ? [] : [["networks", shortest(given)]];
  const all = given ?? new Map([["default", null]]);
  const withNames = [...all].map(
    ([network, value]) => [network, withAliases(value, names)] as const,
  );
  return [["networks", mapOf(withNames)]];
}

function attachments({ body }: ServiceContext): OutMap | undefined {
  const node = body.entries.get("networks");
  if (node === undefined || isNull(node)) return undefined;
  if (node.kind === "map") return mapOf(entriesOf(node).map(([key, value]) => [key, kept(value)]));
  return mapOf(itemsOf(node).map((item) => [textOf(item) ?? "", null]));
}

/** The name in Compose, where it is another one here, and the name of the container. */
function lostNames({ name, body, project }: ServiceContext): readonly Out[] {
  const container = scalarOf(body.entries.get("container_name"));
  return [
    ...(project.serviceNames.get(name) === name ? [] : [name]),
    ...(container && container.text !== name ? [container.written] : []),
  ];
}

function withAliases(value: Out, names: readonly Out[]): OutMap {
  const body: OutMap = isMap(value) ? value : new Map();
  const aliases = body.get("aliases");
  const all = [...(Array.isArray(aliases) ? aliases : []), ...names];
  return new Map([...body, ["aliases", [...new Set(all)]]]);
}

/** A list where there is nothing to say of the networks. */
function shortest(given: OutMap): Out {
  const isPlain = [...given.values()].every((value) => value === null);
  return isPlain ? [...given.keys()] : given;
}
