import { probedUrl } from "../fields/healthcheck.ts";
import type { Model, Port, Registration, RegistrationCheck, ServiceSpec } from "../model.ts";
import { registeredName } from "./registered-name.ts";

/** Of a check that the file says nothing of. */
const INTERVAL_SECONDS = 5;
const TIMEOUT_SECONDS = 3;
/** How long nobody looks, at most: what is dead is to be known soon. */
const LONGEST_INTERVAL_SECONDS = 30;

/** Networks on which names mean nothing. */
const OF_ENGINE = ["host", "bridge", "none"];

/** What the catalogue is to say of each port of each instance, by service. Pure: the same model, the same answer. */
export function registrationsFor({
  deployment,
  services,
}: Pick<Model, "deployment" | "services">): ReadonlyMap<string, readonly Registration[]> {
  return new Map(
    Object.values(services)
      .filter(isReachable)
      .map((service) => [
        service.name,
        service.containerNames.flatMap((_, index) =>
          instanceRegistrations(service, { deployment, instance: index + 1 }),
        ),
      ]),
  );
}

interface Place {
  readonly deployment: string;
  /** From 1. */
  readonly instance: number;
}

/** Each port under its name, and the first one as the service's own: both are what containers are told. */
function instanceRegistrations(service: ServiceSpec, { deployment, instance }: Place) {
  const { name, ports, container } = service;
  const sorted = Object.entries(ports).sort(([a], [b]) => (a < b ? -1 : 1));
  const one = (suffix: string | undefined, [port, facts]: readonly [string, Port]) => ({
    id: registrationRoot(deployment) + [name, suffix, instance].filter(Boolean).join(":"),
    name: registeredName({ deployment, service: name, port: suffix }),
    service: name,
    instance,
    port,
    number: facts.number,
    protocol: facts.protocol,
    path: facts.path,
    check: checkOf(service, facts),
    address: container.networkMode?.replace("container:", ""),
  });
  return [
    ...sorted.slice(0, 1).map((first) => one(undefined, first)),
    ...sorted.map((each) => one(each[0], each)),
  ];
}

/** Every id of the deployment's registrations begins with it, and no other's. */
export function registrationRoot(deployment: string): string {
  return `axon:${deployment}:`;
}

/** Whose an id is, whatever is said below it; undefined: of no instance. */
export function ownerOf(
  id: string,
): { readonly service: string; readonly instance: number } | undefined {
  const [, service, instance] = /^axon:[^:]+:([^:]+)(?::[^:]+)?:([1-9]\d*)$/.exec(id) ?? [];
  return service === undefined ? undefined : { service, instance: Number(instance) };
}

/** The name that the engine gives a container on each of its networks, which outlives changes of its own name. */
export function ownAddress(containerId: string): string {
  return containerId.slice(0, 12);
}

function isReachable({ container: { networks, networkMode }, kind }: ServiceSpec): boolean {
  if (kind === "system") return false;
  return networkMode !== undefined || networks.some(({ name }) => !OF_ENGINE.includes(name));
}

/** A probe is asked as the engine asks it. What only a command can tell is not seen; the port is. */
function checkOf({ container, ports }: ServiceSpec, port: Port): RegistrationCheck | undefined {
  const { healthcheck } = container;
  const probe = typeof healthcheck === "object" ? probedUrl(healthcheck.test) : undefined;
  const [, probed, path] = /^(?:http|tcp):\/\/[^/]*:(\d+)(\/.*)?$/.exec(probe ?? "") ?? [];
  if (probed !== undefined && typeof healthcheck === "object") {
    return {
      path,
      port: Number(probed),
      intervalSeconds: wholeSeconds(healthcheck.interval, LONGEST_INTERVAL_SECONDS),
      timeoutSeconds: wholeSeconds(healthcheck.timeout, TIMEOUT_SECONDS),
      retries: healthcheck.retries,
      isWhole: true,
    };
  }
  const told = port.protocol === "udp" ? otherThanUdp(ports) : port;
  if (told === undefined) return undefined;
  return {
    path: undefined,
    port: told.number,
    intervalSeconds: INTERVAL_SECONDS,
    timeoutSeconds: TIMEOUT_SECONDS,
    retries: undefined,
    isWhole: healthcheck === "none",
  };
}

/** Of more than nothing at least one: no catalogue counts in less. */
function wholeSeconds(milliseconds: number, usual: number): number {
  if (milliseconds === 0) return usual;
  return Math.min(Math.max(Math.round(milliseconds / 1000), 1), LONGEST_INTERVAL_SECONDS);
}

/** Nobody can see whether a udp port is served: another port of the container has to stand for it. */
function otherThanUdp(ports: ServiceSpec["ports"]): Port | undefined {
  const [first] = Object.keys(ports)
    .filter((name) => ports[name]?.protocol !== "udp")
    .sort();
  return first === undefined ? undefined : ports[first];
}
