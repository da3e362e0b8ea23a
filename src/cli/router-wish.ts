import { createHash } from "node:crypto";
import type { Engine } from "../engine/engine.ts";
import type { ImageDefaults, LiveContainer } from "../live.ts";
import type { PlacedFile } from "../model.ts";
import type { Secret } from "../secret.ts";
import { ACME_ROOT_FILE, acmeEnv } from "../system/acme-settings.ts";
import type { HostPort, RouterKind, RouterWish } from "../system/router-model.ts";
import { traefikEnv } from "../system/traefik-env.ts";
import { type AcmeFlags, acmeWish } from "./acme-wish.ts";
import type { Context } from "./context.ts";
import { hostPort } from "./host-port.ts";
import { resolveImage } from "./resolve-images.ts";
import { providerOf } from "./traefik-provider.ts";

export interface RouterFlags extends AcmeFlags {
  readonly kind: RouterKind | undefined;
  readonly kv: string | undefined;
  readonly http: string | undefined;
  readonly https: string | undefined;
}

interface Place {
  readonly engine: Engine;
  readonly kind: RouterKind;
  readonly live: LiveContainer | undefined;
  /** By which it reads the routes in the managed store. */
  readonly token: Secret | undefined;
}

const IMAGES = {
  traefik: { variable: "AXON_TRAEFIK_IMAGE", usual: "traefik:v3" },
  caddy: { variable: "AXON_CADDY_IMAGE", usual: "caddy:2" },
} as const;

/** What is asked for; what is not said stays as it is at the router that is there. */
export async function routerWish(
  flags: RouterFlags,
  { engine, kind, live, token }: Place,
  context: Context,
): Promise<{ readonly wish: RouterWish; readonly defaults: ImageDefaults }> {
  const { variable, usual } = IMAGES[kind];
  const reference = context.env[variable] || live?.spec.image.reference || usual;
  const onEvent = () => {};
  const acme = await acmeWish(flags, live, context);
  const isTraefik = kind === "traefik";
  const own = isTraefik ? traefikEnv(await providerOf(flags, { live, token }, context), acme) : {};
  const env = { ...own, ...acmeEnv(acme) };
  const image = await resolveImage(reference, { engine, signal: context.stop, onEvent });
  const http = placeOf("--http", flags.http, { live, port: 80 });
  const https = placeOf("--https", flags.https, { live, port: 443 });
  const files = kind === "traefik" && acme.root !== undefined ? [rootFile(acme.root)] : [];
  const wish = { kind, image: { reference, id: image.id }, http, https, env, files, live };
  return { wish, defaults: image.defaults };
}

function rootFile(content: string): PlacedFile {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  return { target: ACME_ROOT_FILE, mode: 0o644, digest, content };
}

interface Published {
  readonly live: LiveContainer | undefined;
  readonly port: number;
}

function placeOf(flag: string, text: string | undefined, { live, port }: Published): HostPort {
  if (text !== undefined) return hostPort(flag, text);
  const there = live?.spec.publish.find((one) => one.port === port);
  return { hostAddress: there?.hostAddress ?? "", hostPort: there?.hostPort ?? port };
}
