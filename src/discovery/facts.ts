import type { LiveRegistration } from "../live.ts";
import type { Port, Registration, RegistrationCheck } from "../model.ts";

/** What a registration says, as a catalogue keeps it: names to texts. */
export type Facts = Readonly<Record<string, string>>;

/** Of one that has its address. What is not given is left out. */
export function factsOf(registration: Registration): Facts {
  const { name, address, number, service, instance, port, protocol, path, check } = registration;
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
  };
}

function checkText({ path, port, intervalSeconds, timeoutSeconds }: RegistrationCheck): string {
  const what = path === undefined ? `tcp ${port}` : `http ${port} ${path}`;
  return `${what} every ${intervalSeconds}s for ${timeoutSeconds}s`;
}

function checkIn(text: string): RegistrationCheck | undefined {
  const [, kind, port, path, interval, timeout] =
    /^(tcp|http) (\d+)(?: (\/.*))? every (\d+)s for (\d+)s$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  return {
    path: kind === "http" ? path : undefined,
    port: Number(port),
    intervalSeconds: Number(interval),
    timeoutSeconds: Number(timeout),
  };
}
