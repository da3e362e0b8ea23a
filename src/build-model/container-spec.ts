import { healthcheckCommand } from "../descriptor/healthcheck-command.ts";
import { AxonError } from "../errors.ts";
import { BARE_CONTAINER } from "../fields/bare-container.ts";
import { withoutImage } from "../fields/table.ts";
import type { ContainerSpec, Healthcheck, PublishedPort, RestartPolicy } from "../model.ts";
import { own } from "../own.ts";
import { reveal, Secret, type Text, textFor } from "../secret.ts";
import type { EnvSection, HealthcheckEntry, PublishEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";
import type { Draft } from "./draft.ts";
import { placeEnv, portEnv } from "./injected-env.ts";
import { mountsOf } from "./mounts-of.ts";
import { namespacesOf } from "./namespaces-of.ts";

const HEALTHCHECK_DEFAULTS = { interval: 10_000, timeout: 5_000, startPeriod: 0, retries: 3 };
const KEEP_RUNNING: RestartPolicy = { name: "unless-stopped", maximumRetries: 0 };
export const RUN_ONCE: RestartPolicy = { name: "no", maximumRetries: 0 };

export interface ContainerInput {
  readonly draft: Draft;
  readonly input: BuildInput;
  /** Where the service finds what it requires. */
  readonly requirementEnv: Readonly<Record<string, string>>;
}

/** The long-running container of a service. */
export function serviceContainer(context: ContainerInput): ContainerSpec {
  const { draft, input } = context;
  const { entry, entrypoint, image } = draft;
  return withoutImage(
    {
      ...BARE_CONTAINER,
      image: { reference: image.reference, id: image.id },
      entrypoint: entry.entrypoint,
      command: entry.command ?? entrypoint?.command,
      env: serviceEnv(context),
      mounts: mountsOf(context),
      publish: publish(context),
      healthcheck: healthcheck(context),
      restart: entry.restart ?? KEEP_RUNNING,
      files: draft.files,
      ...entry.limits,
      ...entry.options,
      ...namespacesOf(entry, input),
      ...withGranted(draft),
    },
    image.defaults,
  );
}

/** What the service says, and what its image gets besides. A device of its own wins over the image's. */
function withGranted({ entry, privileges }: Draft): Partial<ContainerSpec> {
  const { privileged = false, devices = [], capAdd = [] } = entry.options;
  const targets = new Set(devices.map(targetOf));
  const more = privileges.devices.filter((device) => !targets.has(targetOf(device)));
  return {
    privileged: privileged || privileges.privileged,
    devices: [...devices, ...more].sort(),
    capAdd: [...new Set([...capAdd, ...privileges.capabilities])].sort(),
  };
}

function targetOf(device: string): string | undefined {
  return device.split(":")[1];
}

/** Later wins: where it is, the descriptor, what is required, the file's Env, the service's own env. */
export function serviceEnv({ draft, input, requirementEnv }: ContainerInput): Record<string, Text> {
  const { entry, entrypoint, descriptor, ports } = draft;
  const { deployment } = input;
  return layered([
    placeEnv(input, entry.name),
    portEnv({ deployment, service: entry.name }, ports),
    entrypoint?.env ?? {},
    configEnv(input, descriptor?.config ?? {}),
    requirementEnv,
    draft.env,
  ]);
}

export function layered(layers: readonly EnvSection[]): Record<string, Text> {
  const env = new Map<string, Text>();
  for (const [name, value] of layers.flatMap((layer) => Object.entries(layer))) {
    if (value === null) env.delete(name);
    else env.set(name, typeof value === "string" ? textFor(name, value) : value);
  }
  return Object.fromEntries([...env].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function configEnv(
  input: BuildInput,
  keys: NonNullable<Draft["descriptor"]>["config"],
): EnvSection {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, { env, secret, default: preset }]) => {
      const value = own(input.servicefile.config, key) ?? own(input.config, key) ?? preset;
      if (env === undefined || value === undefined) return [];
      return [[env, secret ? new Secret(reveal(value)) : value]];
    }),
  );
}

function publish(context: ContainerInput): PublishedPort[] {
  return context.draft.entry.publish
    .map((entry) => publishedPort(entry, context))
    .sort((a, b) => (publishKey(a) < publishKey(b) ? -1 : 1));
}

function publishedPort(entry: PublishEntry, context: ContainerInput): PublishedPort {
  const { hostAddress, hostPort } = entry;
  const named = context.draft.ports[String(entry.port)];
  const protocol = entry.protocol ?? (named?.protocol === "udp" ? "udp" : "tcp");
  const port = named?.number ?? (typeof entry.port === "number" ? entry.port : undefined);
  if (port === undefined) throw unknownPort(context, String(entry.port), entry.path);
  return { port, protocol, hostAddress, hostPort };
}

function publishKey({ port, protocol, hostAddress, hostPort }: PublishedPort): string {
  return `${String(port).padStart(5, "0")}/${protocol}/${hostAddress}/${String(hostPort).padStart(5, "0")}`;
}

function healthcheck(context: ContainerInput): Healthcheck | "none" | undefined {
  const { entry, entrypoint } = context.draft;
  const wanted = entry.healthcheck ?? entrypoint?.healthcheck;
  if (wanted === undefined || wanted === "none") return wanted;
  const { test, http, tcp, ...timing } = wanted;
  const probed = probedPort(wanted, context);
  return {
    ...HEALTHCHECK_DEFAULTS,
    ...Object.fromEntries(Object.entries(timing).filter(([, value]) => value !== undefined)),
    test:
      test ??
      healthcheckCommand({ http: http && { path: http.path }, tcp: tcp !== undefined }, probed),
  };
}

function probedPort({ http, tcp }: HealthcheckEntry, context: ContainerInput): number {
  const wanted = http?.port ?? tcp?.port;
  if (wanted === undefined) return 0;
  const named = context.draft.ports[String(wanted)];
  if (named !== undefined) return named.number;
  if (typeof wanted === "number") return wanted;
  throw unknownPort(context, wanted, [context.draft.entry.key, "healthcheck"]);
}

function unknownPort(
  { draft, input }: ContainerInput,
  name: string,
  path: readonly (string | number)[],
): AxonError {
  const names = Object.keys(draft.ports);
  const there = names.length > 0 ? `it has: ${names.join(", ")}` : "it has none";
  return new AxonError("PORT_UNKNOWN", `${draft.entry.name} has no port "${name}"; ${there}`, {
    at: input.servicefile.locate(path),
  });
}
