import type Consul from "consul";
import type { Catalogue, DeregisterRequest, RegisterRequest } from "../../catalogue/catalogue.ts";
import { factsOf, fromFacts } from "../../discovery/facts.ts";
import { registrationRoot } from "../../discovery/registrations-for.ts";
import type { LiveRegistration } from "../../live.ts";
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

/**
 * The managed Consul stands beside the containers: its agent has the services, and looks after them by itself.
 * An agent of somebody else's may not reach them: there they are services of a node outside of Consul's own, one for
 * each deployment, as good as they were when they were registered, unless consul-esm looks after them.
 */
export function consulCatalogue(client: ConsulClient, isBeside: boolean): Catalogue {
  const place = isBeside ? ofAgent(client) : ofNode(client);
  return {
    ...(!isBeside && { mayRegister: (name, signal) => mayRegister(client, name, signal) }),
    list: async (deployment, signal) => {
      const services = await place.services(deployment, signal);
      return services.map((service) => toRegistration(service, deployment));
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
    one: RegisterRequest & { readonly registration: LiveRegistration },
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
    register: async ({ deployment, registration, isGood }, signal) => {
      // A check that there was stays unless another one takes its place.
      if (registration.check === undefined) await deregister(registration.id, signal);
      const { ID: id, Service: name, ...service } = toService(registration, deployment);
      const check = registration.check && {
        ...toCheck(registration),
        status: isGood ? "passing" : "critical",
      };
      const request = { id, name, ...service, ...(check && { check }) };
      await client.call(
        ({ agent }, options) => agent.service.register({ ...request, ...options } as never),
        { signal },
      );
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
    register: async ({ deployment, registration, isGood }, signal) => {
      const node = nodeOf(deployment);
      const request = {
        node,
        address: deployment,
        nodemeta: { "external-node": "true", "external-probe": "false" },
        service: toService(registration, deployment),
        check: { ...toNodeCheck(registration), node, status: isGood ? "passing" : "critical" },
      };
      await client.call(
        ({ catalog }, options) => catalog.register({ ...request, ...options } as never),
        { signal },
      );
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

function servicesIn(body: unknown, client: ConsulClient): readonly ConsulService[] {
  if (body === undefined || body === null || body === "") return [];
  if (typeof body !== "object") throw notConsul(client.description);
  return Object.values(body as Record<string, ConsulService>);
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
function tagsOf({ instance }: LiveRegistration): readonly string[] {
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

function toCheck(registration: LiveRegistration) {
  const { intervalSeconds, timeoutSeconds } = registration.check ?? {};
  return {
    ...toProbe(registration),
    interval: `${intervalSeconds}s`,
    timeout: `${timeoutSeconds}s`,
  };
}

function toDefinition(registration: LiveRegistration) {
  const { interval, timeout, ...probe } = toCheck(registration);
  return { ...probe, intervalduration: interval, timeoutduration: timeout };
}

function toProbe({ check, address }: LiveRegistration) {
  const place = `${address}:${check?.port}`;
  return check?.path === undefined ? { tcp: place } : { http: `http://${place}${check.path}` };
}

/** With what consul-esm would have to do. */
function toNodeCheck(registration: LiveRegistration) {
  const { id, check } = registration;
  return {
    checkid: `service:${id}`,
    name: "health of the container, as the last deploy saw it",
    serviceid: id,
    ...(check && { definition: toDefinition(registration) }),
  };
}
