import type { LiveRegistration, ToldHealth } from "../live.ts";
import type { Port, Registration, RegistrationCheck } from "../model.ts";

/** What a registration says, as a catalogue keeps it: names to texts. */
export type Facts = Readonly<Record<string, string>>;

type Told = Registration & Partial<Pick<LiveRegistration, "health">>;

/** Of one that has its address. What is not given is left out. */
export function factsOf(registration: Told): Facts {
  const { name, address, number, service, instance, port, protocol, path, check } = registration;
  const { health } = registration;
  return {
    name,
    ...(address !== undefined && { address }),
    number: String(number),
    service,
    instance: String(instance),
    port,
    protocol,
    // More than Consul keeps of one fact.
    ...(path !== undefined && path.length <= 512 && { path }),
    ...(check !== undefined && { check: checkText(check) }),
    ...(health !== undefined && { health }),
  };
}

/** For anything that a catalogue holds: what was changed by hand comes out different, not as an error. */
export function fromFacts(id: string, facts: Facts): LiveRegistration {
  return {
    id,
    name: facts.name ?? "",
    address: facts.address ?? "",
    number: Number(facts.number),
    service: facts.service ?? "",
    instance: Number(facts.instance),
    port: facts.port ?? "",
    protocol: (facts.protocol ?? "") as Port["protocol"],
    path: facts.path,
    check: checkIn(facts.check ?? ""),
    health: facts.health ?? "",
  };
}

/** Where nobody looks, what may not be well is not told of as well. */
export function toldAs(health: ToldHealth): string {
  return health === "unsure" ? "critical" : health;
}

function checkText(check: RegistrationCheck): string {
  const { path, port, intervalSeconds, timeoutSeconds, retries, isWhole } = check;
  const kind = isWhole ? "tcp" : "port";
  const what = path === undefined ? `${kind} ${port}` : `http ${port} ${path}`;
  const often = retries === undefined ? "" : `, critical after ${retries}`;
  return `${what} every ${intervalSeconds}s for ${timeoutSeconds}s${often}`;
}

function checkIn(text: string): RegistrationCheck | undefined {
  const [, kind, port, path, interval, timeout, retries] =
    /^(port|tcp|http) (\d+)(?: (\/.*))? every (\d+)s for (\d+)s(?:, critical after (\d+))?$/.exec(
      text,
    ) ?? [];
  if (kind === undefined) return undefined;
  return {
    path: kind === "http" ? path : undefined,
    port: Number(port),
    intervalSeconds: Number(interval),
    timeoutSeconds: Number(timeout),
    retries: retries === undefined ? undefined : Number(retries),
    isWhole: kind !== "port",
  };
}
