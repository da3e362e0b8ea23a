import type { RouteServer } from "../model.ts";
import { choosePort } from "./target-context.ts";

/** Name of a port, and where it is: `host:port`. */
export type NamedEndpoint = readonly [port: string, address: string];

type Endpoints = Readonly<Record<string, string>>;

export interface Sought {
  readonly service: string;
  /** Name or number; undefined: the one that is meant. */
  readonly port: string | undefined;
  readonly kind: "http" | "tcp";
}

/** Those of one service, of a deployment's `service/port` to `host:port`. */
export function endpointsOf(service: string, endpoints: Endpoints): readonly NamedEndpoint[] {
  return Object.entries(endpoints)
    .filter(([key]) => key.startsWith(`${service}/`))
    .map(([key, address]) => [key.slice(service.length + 1), address] as const);
}

/** undefined: there is none, or it is not clear which. */
export function chooseEndpoint(
  { service, port, kind }: Sought,
  endpoints: Endpoints,
): NamedEndpoint | undefined {
  const there = endpointsOf(service, endpoints);
  if (port === undefined) return choosePort(there, kind, () => false);
  const named = there.find(([name]) => name === port);
  return named ?? there.find(([, address]) => address.endsWith(`:${port}`));
}

/** `host:port`, where a host may be an IPv6 address. */
export function serverAt(address: string): RouteServer {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
