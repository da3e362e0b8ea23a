import type { Port } from "../../../src/model.ts";
import type { RoutableService, RoutingInput } from "../../../src/routing/routing-input.ts";
import { traefikFormat } from "../../../src/routing/traefik/traefik-format.ts";
import { Secret } from "../../../src/secret.ts";
import type { DomainEntry, DomainTarget } from "../../../src/servicefile/servicefile.ts";

/** Builders give a complete, boring value; a test writes down only what it is about. */
export function input(overrides: Partial<RoutingInput> = {}): RoutingInput {
  return {
    deployment: "shop",
    declaredDeployment: undefined,
    domains: {},
    services: {},
    foreign: () => ({}),
    otherRoutes: [],
    format: traefikFormat,
    locate: (path) => ({ file: "Servicefile", line: path.length, column: 1 }),
    hash: {
      digest: (user, realm, password) => `md5(${user}:${realm}:${password})`,
      basic: (seed, password) => `bcrypt(${seed}|${password})`,
    },
    certificates: { read: () => undefined, keyFits: () => "unreadable" },
    textOf: (source) => (source.kind === "content" ? source.content : ""),
    ...overrides,
  };
}

export function domain(http: string | undefined, more: Partial<DomainEntry> = {}): DomainEntry {
  const target = http === undefined ? undefined : targetOf(http);
  return {
    domain: "example.org",
    at: ["Domains", "example.org"],
    http: target,
    path: undefined,
    auth: {},
    authMode: "digest",
    tcp: undefined,
    tls: undefined,
    redirect: false,
    ...more,
  };
}

export function service(
  name: string,
  ports: Readonly<Record<string, Port>>,
  more: Partial<RoutableService> = {},
): Record<string, RoutableService> {
  return { [name]: { name, ports, instances: 1, ...more } };
}

export function http(number: number, more: Partial<Port> = {}): Port {
  return { number, protocol: "http", ...more };
}

export function tcp(number: number): Port {
  return { number, protocol: "tcp" };
}

export const password = (text: string) => new Secret(text);

function targetOf(text: string): DomainTarget {
  const [deployment = "", serviceName, port] = text.split(":");
  return { deployment, service: serviceName, port };
}
