import type Consul from "consul";
import type { Catalogue, DeregisterRequest, RegisterRequest } from "../../catalogue/catalogue.ts";
import { factsOf, fromFacts, toldAs } from "../../discovery/facts.ts";
import { registrationRoot } from "../../discovery/registrations-for.ts";
import type { LiveRegistration, PlacedRegistration, ToldHealth } from "../../live.ts";
import type { ConsulClient, RequestOptions } from "./consul-client.ts";
import { acceptStatus, type ClientFailure, notConsul } from "./consul-errors.ts";
import { hasRights, type Right } from "./consul-rights.ts";

/** Facts are kept under names that are nobody else's. */
const META = "axon-";
const DEPLOYMENT_META = `${META}deployment`;

interface ConsulService {
  readonly ID: string;
  readonly Service: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags: readonly string[] | null;
  readonly Meta: Readonly<Record<string, string>> | null;
}

/** A check that nobody makes: what it was made with stays. The agent knows no other kind than one that runs out. */
const NEVER_RUNS_OUT = "876000h";

/**
 * The managed Consul stands beside the containers: its agent has the services, and looks after them by itself. Only
 * what the engine alone can tell has to be told: as a second check, that is there as long as it is not well.
 * An agent of somebody else's may not reach them: there they are services of a node outside of Consul's own, one for
 * each deployment, as good as they were when they were registered, unless consul-esm looks after them.
 */
export function consulCatalogue(client: ConsulClient, isBeside: boolean): Catalogue {
  const place = isBeside ? ofAgent(client) : ofNode(client);
  return {
    ...(isBeside
      ? { failing: (name, signal) => failing(client, name, signal) }
      : { mayRegister: (name, signal) => mayRegister(client, name, signal) }),
    list: async (deployment, signal) => {
      const services = await place.services(deployment, signal);
      return services.map((service) => {
        const found = toRegistration(service, deployment);
        return isBeside && isFollowed(found) ? { ...found, health: "followed" } : found;
      });
    },
    register: async (request, signal) => {
      await Promise.all(
        request.registrations.map((registration) =>
          place.register({ ...request, registration }, signal),
        ),
      );
    },
    deregister: async (request, signal) => {
      await Promise.all(request.ids.map((id) => place.deregister({ ...request, id }, signal)));
      await place.tidy?.(request, signal);
    },
  };
}

/** What is not there: newer lines say 404, those before with ACLs on say 500. */
function acceptUnknown(error: ClientFailure): unknown {
  if (/^Unknown service/i.test(String(error.response?.body ?? ""))) return [error.response, ""];
  return acceptStatus(404)(error);
}

type Signal = AbortSignal | undefined;

interface Place {
  services(deployment: string, signal: Signal): Promise<readonly ConsulService[]>;
  register(
    one: RegisterRequest & { readonly registration: PlacedRegistration },
    signal: Signal,
  ): Promise<void>;
  deregister(one: DeregisterRequest & { readonly id: string }, signal: Signal): Promise<void>;
  tidy?(request: DeregisterRequest, signal: Signal): Promise<void>;
}

function ofAgent(client: ConsulClient): Place {
  const deregister = async (id: string, signal: Signal) => {
    await client.call(
      ({ agent }, options) => agent.service.deregister({ id, ...options }).catch(acceptUnknown),
      { signal },
    );
  };
  return {
    services: async (deployment, signal) => {
      const filter = `Meta["${DEPLOYMENT_META}"] == "${deployment}"`;
      const list = ({ agent }: Consul, options: RequestOptions) =>
        agent.service.list({ filter, ...options } as object);
      const { body } = await client.call(list, { signal });
      return servicesIn(body, client);
    },
    register: async ({ deployment, registration, health }, signal) => {
      const told = isFollowed(registration) || health !== "critical" ? "passing" : "critical";
      const { Service: Name, ...service } = toService(
        { ...registration, health: told },
        deployment,
      );
      const body = { ...service, Name, Checks: toAgentChecks(registration, { health, told }) };
      const query = { "replace-existing-checks": "true" };
      const path = "/agent/service/register";
      await client.send({ method: "_put", path, query, body }, signal);
    },
    deregister: ({ id }, signal) => deregister(id, signal),
  };
}

/** What is not Consul's own node is registered in the catalogue itself; agents leave it alone. */
function ofNode(client: ConsulClient): Place {
  const services = async (deployment: string, signal: Signal) => {
    const query = { node: nodeOf(deployment), consistent: true };
    const { body } = await client.call(
      ({ catalog }, options) =>
        catalog.node.services({ ...query, ...options } as never).catch(acceptStatus(404)),
      { signal },
    );
    return servicesIn((body as { readonly Services?: unknown } | null)?.Services, client);
  };
  const deregister = async (request: object, signal: Signal) => {
    await client.call(
      ({ catalog }, options) => catalog.deregister({ ...request, ...options } as never),
      { signal },
    );
  };
  return {
    services,
    register: async ({ deployment, registration, health }, signal) => {
      const node = nodeOf(deployment);
      const Status = toldAs(health);
      const body = {
        Node: node,
        Address: deployment,
        NodeMeta: { "external-node": "true", "external-probe": "false" },
        Service: toService({ ...registration, health: Status }, deployment),
        Checks: toNodeChecks(registration).map((check) => ({ ...check, Node: node, Status })),
      };
      // The library leaves a check's header out, and gives its times names that Consul does not take.
      await client.send({ method: "_put", path: "/catalog/register", body }, signal);
      const { id, check } = registration;
      if (check?.isWhole !== false) await deregister({ node, checkid: portId(id) }, signal);
    },
    deregister: ({ deployment, id }, signal) =>
      deregister({ node: nodeOf(deployment), serviceid: id }, signal),
    tidy: async ({ deployment }, signal) => {
      const left = await services(deployment, signal);
      if (left.length === 0) await deregister({ node: nodeOf(deployment) }, signal);
    },
  };
}

function mayRegister(client: ConsulClient, deployment: string, signal: Signal): Promise<boolean> {
  const rights: readonly Right[] = [
    { Resource: "node", Access: "write", Segment: nodeOf(deployment) },
    { Resource: "service", Access: "write", Segment: `${deployment}-x` },
  ];
  return hasRights(client, rights, signal);
}

function nodeOf(deployment: string): string {
  return `axon-${deployment}`;
}

/** By the checks that the agent makes; what was only told of them is another check. */
async function failing(client: ConsulClient, deployment: string, signal: Signal) {
  const root = registrationRoot(deployment);
  const query = { filter: `Status == "critical" and ServiceID matches "^${root}"` };
  const { body } = await client.send({ method: "_get", path: "/agent/checks", query }, signal);
  if (typeof body !== "object" || body === null) throw notConsul(client.description);
  const checks: readonly { readonly CheckID: string; readonly ServiceID: string }[] =
    Object.values(body);
  return checks
    .filter(({ CheckID, ServiceID }) => CheckID === `service:${ServiceID}`)
    .map(({ ServiceID }) => ServiceID);
}

function servicesIn(body: unknown, client: ConsulClient): readonly ConsulService[] {
  if (body === undefined || body === null || body === "") return [];
  if (typeof body !== "object") throw notConsul(client.description);
  return Object.values(body as Record<string, ConsulService>);
}

/** Whether who makes its check knows all of its health. */
function isFollowed({ check }: PlacedRegistration): boolean {
  return check?.isWhole === true;
}

function toService(registration: LiveRegistration, deployment: string): ConsulService {
  const { name, address, number, ...rest } = factsOf(registration);
  const meta = Object.entries({ deployment, ...rest }).map(([key, fact]) => [META + key, fact]);
  return {
    ID: registration.id,
    Service: name ?? "",
    Address: address ?? "",
    Port: Number(number),
    Tags: tagsOf(registration),
    Meta: Object.fromEntries(meta),
  };
}

/** `2.example-website.service.consul` is the second instance. */
function tagsOf({ instance }: PlacedRegistration): readonly string[] {
  return [String(instance)];
}

function toRegistration(service: ConsulService, deployment: string): LiveRegistration {
  const facts = Object.entries(service.Meta ?? {}).map(([key, fact]) => [
    key.startsWith(META) ? key.slice(META.length) : "",
    fact,
  ]);
  const found = fromFacts(service.ID, {
    ...Object.fromEntries(facts),
    name: service.Service,
    address: service.Address,
    number: String(service.Port),
  });
  const isOurs = service.ID.startsWith(registrationRoot(deployment));
  const isTagged = service.Tags?.join() === tagsOf(found).join();
  // What has other tags is not as it was registered.
  return isOurs && !isTagged ? { ...found, instance: 0 } : found;
}

interface Seen {
  readonly health: ToldHealth;
  readonly told: string;
}

function toAgentChecks(registration: PlacedRegistration, { health, told }: Seen): object[] {
  const { id, check } = registration;
  const probe = {
    CheckID: `service:${id}`,
    ...toProbe(registration),
    Interval: `${check?.intervalSeconds}s`,
    Timeout: `${check?.timeoutSeconds}s`,
    FailuresBeforeCritical: check?.retries,
    Status: toldAs(health),
  };
  const unhealthy = {
    CheckID: `service:${id}:told`,
    Name: TOLD,
    TTL: NEVER_RUNS_OUT,
    Status: told,
  };
  return [...(check === undefined ? [] : [probe]), ...(told === "critical" ? [unhealthy] : [])];
}

const TOLD = "health of the container, as the last deploy saw it";

/** The definition is what consul-esm would have to do. */
function toNodeChecks(registration: PlacedRegistration): object[] {
  const { id, check } = registration;
  const whole = { CheckID: `service:${id}`, Name: TOLD, ServiceID: id };
  if (check === undefined) return [whole];
  const Definition = {
    ...toProbe(registration),
    Interval: `${check.intervalSeconds}s`,
    Timeout: `${check.timeoutSeconds}s`,
  };
  if (check.isWhole) return [{ ...whole, Definition }];
  return [whole, { CheckID: portId(id), Name: "its port", ServiceID: id, Definition }];
}

function portId(id: string): string {
  return `service:${id}:port`;
}

/** As the container asks itself: a server may answer only who calls it by that name. */
function toProbe({ check, address }: PlacedRegistration) {
  const place = `${address}:${check?.port}`;
  if (check?.path === undefined) return { TCP: place };
  const { host } = new URL(`http://127.0.0.1:${check.port}`);
  return { HTTP: `http://${place}${check.path}`, Header: { Host: [host] } };
}
