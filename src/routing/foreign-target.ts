import type { RouteServer } from "../model.ts";
import type { Binding } from "./routing-input.ts";
import {
  choosePort,
  kindOf,
  type TargetContext,
  targetUnknown,
  thereAre,
} from "./target-context.ts";
import { normalPath } from "./url-path.ts";

/** A service of another deployment: where it is stands in the store once it has been deployed. */
export function foreignBindings(context: TargetContext): Binding[] {
  const { target, entry } = context;
  if (target.service === undefined) {
    absent(context, `${target.deployment} is another deployment; name one of its services`);
    return [];
  }
  const found = endpointOf(context, target.service);
  if (found === undefined) return [];
  const [port, address] = found;
  return [
    {
      target: `${target.deployment}:${target.service}:${port}`,
      path: normalPath(entry.path),
      rewrite: undefined,
      servers: [serverAt(address)],
    },
  ];
}

/** `host:port`, where a host may be an IPv6 address. */
function serverAt(address: string): RouteServer {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}

function endpointOf(
  context: TargetContext,
  service: string,
): readonly [string, string] | undefined {
  const { input, target } = context;
  const { deployment, port: wanted } = target;
  const ports = Object.entries(input.foreign(deployment, service))
    .filter(([key]) => key.startsWith(`${service}/`))
    .map(([key, address]) => [key.slice(service.length + 1), address] as const);
  if (wanted !== undefined) {
    const found =
      ports.find(([name]) => name === wanted) ??
      ports.find(([, address]) => address.endsWith(`:${wanted}`));
    if (found === undefined) absent(context, `${deployment}:${service}:${wanted} is not there yet`);
    return found;
  }
  const chosen = choosePort(ports, kindOf(context), () => false);
  if (ports.length === 0) absent(context, `${deployment}:${service} is not there yet`);
  else if (chosen === undefined) ambiguous(context, ports);
  return chosen;
}

function ambiguous(context: TargetContext, ports: readonly (readonly [string, string])[]): void {
  const { deployment, service } = context.target;
  const names = ports.map(([name]) => name);
  targetUnknown(
    context,
    `${deployment}:${service} has several ports and none is named ${kindOf(context)}; ${thereAre(names)}`,
    `Name one: ${deployment}:${service}:${names[0]}.`,
  );
}

function absent({ key, report }: TargetContext, reason: string): void {
  report.notice(`${key}: ${reason}, so there is no route`);
}
