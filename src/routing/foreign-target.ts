import { chooseEndpoint, endpointsOf, type NamedEndpoint, serverAt } from "./endpoint.ts";
import type { Binding } from "./routing-input.ts";
import { kindOf, type TargetContext, targetUnknown, thereAre } from "./target-context.ts";
import { normalPath } from "./url-path.ts";

/** A service of another deployment: where it is stands in the store once it has been deployed. */
export function foreignBindings(context: TargetContext): Binding[] {
  const { input, target, entry, key, report } = context;
  const { deployment, service, port } = target;
  if (service === undefined) {
    const reason = `${deployment} is another deployment; name one of its services`;
    report.notice(`${key}: ${reason}, so there is no route`);
    return [];
  }
  const endpoints = input.foreign(deployment, service);
  const found = chooseEndpoint({ service, port, kind: kindOf(context) }, endpoints);
  const there = endpointsOf(service, endpoints);
  const at = { path: normalPath(entry.path), rewrite: undefined };
  if (found !== undefined) {
    const [name, address] = found;
    return [{ ...at, target: `${deployment}:${service}:${name}`, servers: [serverAt(address)] }];
  }
  if (port === undefined && there.length > 0) {
    ambiguous(context, there);
    return [];
  }
  const wanted = [deployment, service, ...(port === undefined ? [] : [port])].join(":");
  report.notice(`${key}: ${wanted} is not there yet; the route appears when it is deployed`);
  return [{ ...at, target: wanted, servers: [], awaits: { deployment, service, port } }];
}

function ambiguous(context: TargetContext, ports: readonly NamedEndpoint[]): void {
  const { deployment, service } = context.target;
  const names = ports.map(([name]) => name);
  targetUnknown(
    context,
    `${deployment}:${service} has several ports and none is named ${kindOf(context)}; ${thereAre(names)}`,
    `Name one: ${deployment}:${service}:${names[0]}.`,
  );
}
