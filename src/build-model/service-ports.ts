import type { DescriptorEntrypoint } from "../descriptor/descriptor.ts";
import type { ImageDefaults } from "../live.ts";
import type { Port } from "../model.ts";
import type { ServiceEntry } from "../servicefile/servicefile.ts";

const FIRST_ASSIGNED = 20_000;

interface PortSources {
  readonly entry: ServiceEntry;
  readonly entrypoint: DescriptorEntrypoint | undefined;
  readonly image: ImageDefaults;
  /** Live endpoints of the deployment: an assigned port that is known there is kept. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/** The Servicefile's ports over the descriptor's; without either, what the image exposes, named by number. */
export function servicePorts({
  entry,
  entrypoint,
  image,
  endpoints,
}: PortSources): Record<string, Port> {
  const ports: Record<string, Port> = { ...fromDescriptor(entrypoint) };
  const wanted = Object.entries(entry.ports);
  if (entrypoint === undefined && wanted.length === 0) return exposed(image);

  for (const [name, value] of wanted) {
    if (value === null) delete ports[name];
    else if (value !== "assign")
      ports[name] = { protocol: protocolOf(name), ...ports[name], number: value };
  }
  const assigned = wanted.filter(([, value]) => value === "assign").map(([name]) => name);
  return assign(ports, assigned.sort(), (name) => endpoints[`${entry.name}/${name}`]);
}

function assign(
  ports: Record<string, Port>,
  names: readonly string[],
  remembered: (name: string) => string | undefined,
): Record<string, Port> {
  const taken = new Set(Object.values(ports).map(({ number }) => number));
  const numbers = new Map<string, number>();
  for (const name of names) {
    const kept = portIn(remembered(name) ?? "");
    if (kept === undefined || taken.has(kept)) continue;
    numbers.set(name, kept);
    taken.add(kept);
  }
  for (const name of names) {
    const number = numbers.get(name) ?? lowestFree(taken);
    taken.add(number);
    ports[name] = { protocol: protocolOf(name), ...ports[name], number };
  }
  return ports;
}

/** Anyone can write to the store: what is no port number is not remembered. */
function portIn(address: string): number | undefined {
  const number = Number(/:(\d{1,5})$/.exec(address)?.[1]);
  return number >= 1 && number <= 65_535 ? number : undefined;
}

function lowestFree(taken: ReadonlySet<number>): number {
  let number = FIRST_ASSIGNED;
  while (taken.has(number)) number += 1;
  return number;
}

function fromDescriptor(entrypoint: DescriptorEntrypoint | undefined): Record<string, Port> {
  return Object.fromEntries(
    Object.entries(entrypoint?.ports ?? {}).map(([name, { port, ...rest }]) => [
      name,
      { number: port, ...rest },
    ]),
  );
}

function exposed(image: ImageDefaults): Record<string, Port> {
  return Object.fromEntries(
    image.exposedPorts.map(({ port, protocol }) => [String(port), { number: port, protocol }]),
  );
}

/** A port that is called http speaks it; of any other name nothing is known but that it is TCP. */
export function protocolOf(name: string): Port["protocol"] {
  return name === "http" || name.startsWith("http-") ? "http" : "tcp";
}
