import { own } from "../own.ts";
import { labelFault } from "../servicefile/canonical/dns-label.ts";
import { type Address, addressIn } from "./address.ts";
import type { BuildInput } from "./build-input.ts";
import { protocolOf } from "./service-ports.ts";

/** A service of another deployment. */
export interface Offer {
  readonly deployment: string;
  readonly service: string;
}

/** A port of it, as the store tells. */
export interface Offered extends Offer {
  readonly address: Address;
}

/** `infra:keystone` and `infra:keystone:public`; undefined for an address and for any other text. */
export function choiceIn(
  text: string,
): (Offer & { readonly port: string | undefined }) | undefined {
  const parts = text.split(":");
  const [deployment = "", service = "", port] = parts;
  const areNames = parts.length <= 3 && parts.every((part) => labelFault(part) === undefined);
  if (!areNames || addressIn(text) !== undefined || service === "") return undefined;
  return { deployment, service, port };
}

/** The service of another deployment that a reference is about: `service.infra:redis.host`. */
export function elsewhereIn(reference: string): Offer | undefined {
  const [, deployment, service] = /^service\.([^.:]+):([^.:]+)\./.exec(reference) ?? [];
  return deployment === undefined || service === undefined ? undefined : { deployment, service };
}

/** Other deployments that have a service of that name; sorted. */
export function offersOf(service: string, input: BuildInput): readonly Offer[] {
  return Object.keys(input.foreignEndpoints)
    .filter((deployment) => deployment !== input.deployment)
    .filter((deployment) => portsOf({ deployment, service }, input).size > 0)
    .sort()
    .map((deployment) => ({ deployment, service }));
}

/** Where that port is, by its name or number; without a name, the first port. undefined: it is not there. */
export function offeredAt(
  offer: Offer,
  port: string | undefined,
  input: BuildInput,
): Offered | undefined {
  const ports = portsOf(offer, input);
  const [first] = [...ports.keys()].sort();
  const wanted = port ?? first ?? "";
  const byNumber = [...ports].find(([, text]) => text.endsWith(`:${wanted}`));
  const [name, text] = ports.has(wanted) ? [wanted, ports.get(wanted)] : (byNumber ?? []);
  const address = addressIn(text ?? "");
  if (name === undefined || address === undefined) return undefined;
  return { ...offer, address: { ...address, protocol: protocolOf(name) } };
}

function portsOf(
  { deployment, service }: Offer,
  { foreignEndpoints, foreignNetworks }: BuildInput,
): ReadonlyMap<string, string> {
  // What was removed by hand, or is on another engine, cannot be joined, though the store still tells of it.
  if (foreignNetworks?.includes(deployment) === false) return new Map();
  const prefix = `${service}/`;
  const found = Object.entries(own(foreignEndpoints, deployment) ?? {});
  return new Map(
    found
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, address]) => [key.slice(prefix.length), address]),
  );
}
