import type { Port } from "../model.ts";
import { nearest } from "../servicefile/nearest.ts";
import type { Binding, RoutableService } from "./routing-input.ts";
import {
  choosePort,
  kindOf,
  type TargetContext,
  targetUnknown,
  thereAre,
} from "./target-context.ts";
import { joinPaths, normalPath } from "./url-path.ts";

type NamedPort = readonly [string, Port];

/** Services of the deployment that is being planned. */
export function localBindings(context: TargetContext): Binding[] {
  const { target } = context;
  if (target.service === undefined) return everyPath(context);
  const service = serviceOf(context, target.service);
  const port = service && portOf(context, service);
  if (service === undefined || port === undefined) return [];
  const path = normalPath(context.entry.path);
  const rewrite = path === undefined ? undefined : port[1].rewrite;
  return [{ ...bound(context, service, port), path, rewrite }];
}

/** The domain leads to each port that declares a URL path, under that path. */
function everyPath(context: TargetContext): Binding[] {
  const { input, entry, key, report } = context;
  const services = Object.values(input.services).filter(({ kind }) => kind !== "task");
  const bindings = services.flatMap((service) =>
    Object.entries(service.ports)
      .filter(([, port]) => port.path !== undefined)
      .map((port) => ({
        ...bound(context, service, port),
        path: joinPaths(entry.path, port[1].path),
        rewrite: port[1].rewrite,
      })),
  );
  if (bindings.length === 0) {
    const message = `${key}: no service of ${input.deployment} declares a URL path, so there is no route; name one: ${input.deployment}:SERVICE`;
    report.notice(message);
  }
  return bindings;
}

function bound(
  { input }: TargetContext,
  service: RoutableService,
  [name, port]: NamedPort,
): Pick<Binding, "target" | "servers"> {
  return {
    target: `${input.deployment}:${service.name}:${name}`,
    servers: Array.from({ length: service.instances }, (_, index) => ({
      service: service.name,
      instance: index + 1,
      port: port.number,
    })),
  };
}

function serviceOf(context: TargetContext, name: string): RoutableService | undefined {
  const { input } = context;
  const service = Object.hasOwn(input.services, name) ? input.services[name] : undefined;
  if (service !== undefined && service.kind !== "task") return service;
  if (service !== undefined) {
    targetUnknown(context, `${name} is a one-shot, and a domain can only lead to a service`);
    return undefined;
  }
  const names = Object.keys(input.services);
  const near = nearest(name, names);
  const hint = near === undefined ? undefined : `did you mean "${near}"?`;
  const there = names.length === 0 ? "it has none" : `it has: ${names.join(", ")}`;
  targetUnknown(context, `${input.deployment} has no service "${name}"; ${there}`, hint);
  return undefined;
}

function portOf(context: TargetContext, service: RoutableService): NamedPort | undefined {
  const { port: wanted } = context.target;
  const ports = Object.entries(service.ports).filter(([, { protocol }]) => protocol !== "udp");
  const found =
    wanted === undefined
      ? choosePort(ports, kindOf(context), ({ protocol }) => protocol === kindOf(context))
      : (ports.find(([name]) => name === wanted) ??
        ports.find(([, { number }]) => String(number) === wanted));
  if (found === undefined) portUnknown(context, service, ports);
  return found;
}

function portUnknown(
  context: TargetContext,
  service: RoutableService,
  ports: readonly NamedPort[],
): void {
  const { input, target } = context;
  const there = thereAre(
    ports.map(([name, { number }]) => (name === String(number) ? name : `${name} (${number})`)),
  );
  if (target.port !== undefined) {
    targetUnknown(context, `${service.name} has no port "${target.port}"; ${there}`);
    return;
  }
  if (ports.length === 0) {
    targetUnknown(context, `${service.name} has no port`, "Give the service a port under `ports`.");
    return;
  }
  const hint = `Name one: ${input.deployment}:${service.name}:${ports[0]?.[0]}.`;
  targetUnknown(
    context,
    `${service.name} has several ports and none is named ${kindOf(context)}; ${there}`,
    hint,
  );
}
