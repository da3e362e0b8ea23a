import { decodeTraefik as decode } from "../../src/routing/traefik/decode.ts";
import { reveal, type Text } from "../../src/secret.ts";

interface Router {
  readonly rule: string;
  readonly service: string;
  readonly priority?: string;
  readonly middlewares?: readonly string[];
  readonly tls?: Readonly<Record<string, unknown>>;
}

interface Service {
  readonly loadbalancer: {
    readonly servers: readonly { readonly url: string; readonly address: string }[];
  };
}

export interface Dynamic {
  readonly routers: Record<string, Router>;
  readonly services: Record<string, Service>;
  readonly middlewares?: Record<string, Record<string, unknown>>;
}

interface Configuration {
  readonly http: Dynamic;
  readonly tcp: Dynamic;
  readonly tls: {
    readonly certificates: readonly { readonly certfile: string; readonly keyfile: string }[];
  };
}

/** All that Traefik would have of these keys. Throws where it would take none of them. */
export function traefikConfiguration(entries: Readonly<Record<string, Text>>): Configuration {
  const keys = Object.keys(entries).map((key) => key.toLowerCase());
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new Error(`written twice: ${twice}`);
  const { config, poison } = decode(
    Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, reveal(value)])),
  );
  if (poison.length > 0) throw new Error(`refused: ${JSON.stringify(poison)}`);
  return config as unknown as Configuration;
}

export function decodeTraefik(entries: Readonly<Record<string, Text>>): Dynamic {
  return traefikConfiguration(entries).http;
}
