import type { Site } from "../../helpers/axon.ts";
import type { RecordingProxy } from "../../helpers/recording-proxy.ts";

/** What is looked at of a saved plan. */
export interface ListedPlan {
  readonly deployment: string;
  readonly resource_changes: readonly { readonly address: string; readonly action: string }[];
  readonly operations: readonly { readonly id: string; readonly kind: string }[];
}

/** What the operations of the plan ask the engine for: `stop <container>`, by the name that it was made under. */
export function listedOfEngine(plan: ListedPlan): string[] {
  return performed(plan)
    .flatMap((operation) => requestsOf(operation, plan))
    .sort();
}

/** The same, of what was asked. */
export async function sentToEngine(engine: RecordingProxy, site: Site): Promise<string[]> {
  const events = await site.events();
  const made = events.filter(({ action }) => action === "create");
  const names = new Map(made.map(({ container, name }) => [container, name]));
  return engine
    .mutations()
    .map((request) => {
      const [, method, path = "", query] =
        /^([A-Z]+) (?:\/v[\d.]+)?(\/[^?]*)\??(.*)$/.exec(request) ?? [];
      const [, id = "", verb = "remove"] =
        /^\/containers\/([0-9a-f]{64})(?:\/(\w+))?$/.exec(path) ?? [];
      const name = new URLSearchParams(query).get("name");
      if (path === "/containers/create") return `create ${name}`;
      if (id === "" || (verb === "remove" && method !== "DELETE")) return request;
      return [verb, names.get(id), ...(name === null ? [] : [name])].join(" ");
    })
    .sort();
}

function requestsOf(
  { id, kind }: ListedPlan["operations"][number],
  { deployment }: ListedPlan,
): readonly string[] {
  const [what, name = ""] = id.split(":");
  if (kind === "task.run") {
    const job = `${deployment}-${name.replace(".", "-")}`;
    return [`create ${job}`, `start ${job}`, `remove ${job}`];
  }
  if (what === "container.aside") return [`rename ${name} ${name}-old`];
  if (what === "container.succeed") return [`rename ${name}-next ${name}`];
  const calls = ["create", "start", "stop", "remove", "update"].map((call) => `container.${call}`);
  return calls.includes(kind) ? [`${kind.slice("container.".length)} ${name}`] : [];
}

/** Keys that every deploy writes, whatever it does: who deploys, what it is at, and what it has done. */
const ALWAYS = [
  "state/lock",
  "state/journal/run",
  "state/current",
  "state/revisions/",
  "revisions/",
];

/** The keys that the operations of the plan write, without the numbers of revisions and of lists of servers. */
export function listedOfStore(plan: ListedPlan): string[] {
  const always = ALWAYS.map((key) => `axon/${plan.deployment}/${key}`);
  const keys = performed(plan).flatMap((operation) => keysOf(operation, plan));
  return [...new Set([...always, ...keys])].sort();
}

export function writtenToStore(store: RecordingProxy): string[] {
  const transactions = store.requests.filter(({ path }) => path.startsWith("/v1/txn"));
  const keys = transactions
    .flatMap(({ body }) => JSON.parse(body) as { KV: { Verb: string; Key: string } }[])
    .filter(({ KV: { Verb } }) => !/^(get|check)/.test(Verb))
    .map(({ KV: { Key } }) => Key.replace(/=v\d+/, "").replace(/(\/revisions\/)\d.*/, "$1"));
  return [...new Set(keys)].sort();
}

function keysOf(
  { id, kind }: ListedPlan["operations"][number],
  { deployment, resource_changes }: ListedPlan,
): readonly string[] {
  const [, name = ""] = id.split(":");
  const root = `axon/${deployment}`;
  const [router, servers] = [`traefik/http/routers/${name}`, `traefik/http/services/${name}`];
  const whole = [`${router}/rule`, `traefik/axon/claims/${name.slice(deployment.length + 1)}`];
  const isNew = resource_changes.some(
    ({ address, action }) => address === `route.${name}` && action === "create",
  );
  const changed = resource_changes.flatMap(
    ({ address }) => /^config\.(.*)/.exec(address)?.[1] ?? [],
  );
  if (id === "store.write:config") {
    return [`${root}/state/config-keys`, ...changed.map((key) => `${root}/config/${key}`)];
  }
  const first = `${servers}/loadbalancer/servers/0/url`;
  const byKind: Readonly<Record<string, readonly string[]>> = {
    "task.run": [`${root}/state/tasks/${name}`],
    "route.write": [first],
    "route.switch": [`${router}/service`, ...(isNew ? whole : [])],
    "route.clear": [`${servers}/`],
    "route.remove": [`${router}/service`, first, ...whole],
  };
  return byKind[kind] ?? [];
}

/** Instances that the plan's operations tell the catalogue of, or not any more. */
export function listedOfCatalogue(plan: ListedPlan): string[] {
  const told = performed(plan).filter(({ kind }) => kind === "catalogue.write");
  return [...new Set(told.map(({ id }) => id.replace(/^.*:/, "")))].sort();
}

export function toldToCatalogue(store: RecordingProxy): string[] {
  const requests = store.requests.filter(({ path }) => path.startsWith("/v1/catalog/"));
  const ids = requests
    .filter(({ method }) => method !== "GET")
    .map(({ body }) => JSON.parse(body) as { ServiceID?: string; Service?: { ID: string } })
    .flatMap(({ ServiceID, Service }) => ServiceID ?? Service?.ID ?? []);
  const names = ids.map((id) => id.replace(/^axon:([^:]+):([^:]+):.*?(\d+)$/, "$1-$2-$3"));
  return [...new Set(names)].sort();
}

/** Other requests that could change something in the store, without the ids in them. */
export function othersToStore(store: RecordingProxy): string[] {
  const paths = store
    .mutations()
    .map((request) => request.replace(/\?.*/, "").replace(/\/[0-9a-f-]{36}$/, ""))
    .filter((request) => !/ \/v1\/(txn|catalog\/(de)?register)$/.test(request));
  return [...new Set(paths)].sort();
}

/** What undoes runs only when something fails. */
function performed({ operations }: ListedPlan) {
  return operations.filter(({ id }) => !id.startsWith("undo."));
}
