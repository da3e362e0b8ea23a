import { own } from "../../../own.ts";
import {
  childOf,
  entriesOf,
  isNull,
  itemsOf,
  type ListNode,
  type MapNode,
  type Node,
  textOf,
} from "../../node.ts";
import { namesAsMap, nullAt, pairsAsMap, textAt, withEntries } from "./as-map.ts";
import { placeOf } from "./place-of.ts";

type Merge = (base: Node, over: Node) => Node;

/** Two Compose files as one, as Compose merges them: the second one is stronger. */
export function mergeFiles(base: MapNode, over: MapNode): MapNode {
  return mergeMaps(base, over, (key) => (key === "services" ? mergeServices : deep));
}

/** Two bodies of one service. */
export function mergeService(base: MapNode, over: MapNode): MapNode {
  return mergeMaps(base, over, (key) => own(SERVICE_MERGES, key) ?? deep);
}

/** Without what `!reset` removes. */
export function withoutReset(map: MapNode): MapNode {
  const kept = entriesOf(map).filter(([, value]) => isKept(value));
  return withEntries(
    map,
    kept.map(([key, value]) => [key, resetBelow(value)]),
  );
}

function resetBelow(node: Node): Node {
  if (node.kind === "map") return withoutReset(node);
  if (node.kind === "scalar") return node;
  return { ...node, items: node.items.filter(isKept).map(resetBelow) };
}

function isKept({ tag }: Node): boolean {
  return tag !== "!reset";
}

function mergeMaps(base: MapNode, over: MapNode, mergeOf: (key: string) => Merge): MapNode {
  const merged = new Map(base.entries);
  for (const [key, value] of over.entries) {
    const before = merged.get(key);
    if (value.tag === "!reset") merged.delete(key);
    else if (before === undefined || value.tag === "!override") merged.set(key, value);
    else if (!isNull(value)) merged.set(key, mergeOf(key)(before, value));
  }
  return withEntries(over, merged);
}

const replace: Merge = (_, over) => over;

const deep: Merge = (base, over) => {
  if (base.kind === "map" && over.kind === "map") return mergeMaps(base, over, () => deep);
  return base.kind === "list" && over.kind === "list" ? append(base, over) : over;
};

const mergeServices: Merge = (base, over) =>
  base.kind === "map" && over.kind === "map"
    ? mergeMaps(
        base,
        over,
        () => (one, other) =>
          one.kind === "map" && other.kind === "map" ? mergeService(one, other) : other,
      )
    : over;

const append: Merge = (base, over) => unique([...itemsOf(base), ...itemsOf(over)], over, textOf);

const pairs: Merge = (base, over) => deep(pairsAsMap(base), pairsAsMap(over));

const hosts: Merge = (base, over) => deep(pairsAsMap(base, /[=:]/), pairsAsMap(over, /[=:]/));

const dependencies: Merge = (base, over) => deep(dependencyMap(base), dependencyMap(over));

const networks: Merge = (base, over) => deep(namesAsMap(base, nullAt), namesAsMap(over, nullAt));

const healthcheck: Merge = (base, over) =>
  base.kind === "map" && over.kind === "map"
    ? mergeMaps(base, over, (key) => (key === "test" ? replace : deep))
    : over;

/** Options of another driver mean something else. */
const logging: Merge = (base, over) => {
  const [before, now] = [base, over].map((node) => textOf(childOf(node, "driver")));
  return before === undefined || now === undefined || before === now ? deep(base, over) : over;
};

const ulimits: Merge = (base, over) =>
  base.kind === "map" && over.kind === "map" ? mergeMaps(base, over, () => replace) : over;

/** Of two for one place, the later one counts. */
function placed(defaultFolder: string): Merge {
  return (base, over) =>
    unique([...itemsOf(base), ...itemsOf(over)], over, (item) => placeOf(item, defaultFolder));
}

function dependencyMap(node: Node): MapNode {
  return namesAsMap(node, (item) => {
    const condition = textAt(item, "service_started");
    return {
      kind: "map",
      at: item.at,
      directory: item.directory,
      entries: new Map([["condition", condition]]),
    };
  });
}

function unique(
  items: readonly Node[],
  { at, directory }: Node,
  keyOf: (item: Node) => string | undefined,
): ListNode {
  const byKey = new Map<unknown, Node>();
  for (const item of items) byKey.set(keyOf(item) ?? item, item);
  return { kind: "list", at, directory, items: [...byKey.values()] };
}

const SERVICE_MERGES: Readonly<Record<string, Merge>> = {
  annotations: pairs,
  command: replace,
  configs: placed("/"),
  depends_on: dependencies,
  devices: placed(""),
  dns: append,
  dns_opt: append,
  dns_search: append,
  entrypoint: replace,
  env_file: append,
  environment: pairs,
  extra_hosts: hosts,
  healthcheck,
  label_file: append,
  labels: pairs,
  logging,
  networks,
  ports: placed("port"),
  secrets: placed("/run/secrets/"),
  sysctls: pairs,
  tmpfs: append,
  ulimits,
  volumes: placed("volume"),
};
