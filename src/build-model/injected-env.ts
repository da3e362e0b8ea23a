import { registeredName } from "../discovery/registered-name.ts";
import type { Port } from "../model.ts";
import { reveal, type Text } from "../secret.ts";
import type { BuildInput } from "./build-input.ts";
import { TOKEN_VARIABLE } from "./with-token.ts";

/** What every container of a deployment is told about where it is. */
export function placeEnv(input: BuildInput, service: string): Record<string, Text> {
  const { deployment, store, token } = input;
  const url = `${store.scheme}://${store.hostAndPort}`;
  return {
    DEPLOY_ID: deployment,
    AXON_DEPLOYMENT: deployment,
    AXON_SERVICE: service,
    AXON_KV_PREFIX: `axon/${deployment}/config`,
    CONFIG_URL: url,
    CONFIG_HOST_AND_PORT: store.hostAndPort,
    CONFIG_SCHEME: store.scheme,
    ...(store.kind === "consul" && { CONSUL_HTTP_ADDR: url }),
    ...(token && { [TOKEN_VARIABLE]: token.value }),
    CUSTOMER_ID: input.customerId,
    REGION_ID: deployment,
  };
}

/** PORT_<NAME> and SD_<NAME> per port; PORT and SD for the only or the first one. */
export function portEnv(
  place: { readonly deployment: string; readonly service: string },
  ports: Readonly<Record<string, Port>>,
): Record<string, string> {
  const names = Object.keys(ports).sort();
  const env: Record<string, string> = {};
  for (const name of names)
    Object.assign(env, onePort(`_${upper(name)}`, place, [name, ports[name]]));
  const [first] = names;
  if (first !== undefined) Object.assign(env, onePort("", place, [undefined, ports[first]]));
  return env;
}

/** Those variables of a container that have the value which Axon gives, and not one from the file or the image. */
export function injectedNames(
  given: Readonly<Record<string, Text>>,
  env: Readonly<Record<string, Text>>,
): string[] {
  return Object.entries(given)
    .filter(([name, value]) => env[name] !== undefined && reveal(env[name]) === reveal(value))
    .map(([name]) => name)
    .sort();
}

function onePort(
  suffix: string,
  { deployment, service }: { readonly deployment: string; readonly service: string },
  [name, port]: readonly [string | undefined, Port | undefined],
): Record<string, string> {
  if (port === undefined) return {};
  const number = String(port.number);
  return {
    [`PORT${suffix}`]: number,
    [`SD${suffix}`]: `${service}:${number}`,
    [`SD${suffix}_HOST`]: service,
    [`SD${suffix}_PORT`]: number,
    [`SD${suffix}_NAME`]: registeredName({ deployment, service, port: name }),
  };
}

/** PREFIX_HOST, PREFIX_PORT and PREFIX_URL of something that is required. */
export function requirementEnv(
  prefix: string,
  target: { readonly host: string; readonly port: string; readonly protocol: string },
): Record<string, string> {
  return {
    [`${prefix}_HOST`]: target.host,
    [`${prefix}_PORT`]: target.port,
    [`${prefix}_URL`]: `${target.protocol}://${target.host}:${target.port}`,
  };
}

function upper(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}
