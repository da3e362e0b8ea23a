import { BARE_CONTAINER } from "../fields/bare-container.ts";
import { withoutImage } from "../fields/table.ts";
import type { ContainerSpec, TaskSpec } from "../model.ts";
import { own } from "../own.ts";
import type { Text } from "../secret.ts";
import type { BootstrapEntry, EnvSection, ExecEntry } from "../servicefile/servicefile.ts";
import { type ContainerInput, layered, RUN_ONCE, serviceContainer } from "./container-spec.ts";
import { placeEnv } from "./injected-env.ts";
import { ownNetwork } from "./networks-of.ts";
import type { FileRequirements } from "./requirements.ts";
import { isTokenOf, TOKEN_VARIABLE } from "./with-token.ts";

const DEFAULT_TIMEOUT = 600;

/** A one-shot before its step is known. */
export type TaskDraft = Omit<TaskSpec, "step"> & { readonly step: number | undefined };

/** A service with `detach: false`: the whole service is the one-shot. */
export function serviceTask(context: ContainerInput, needed: FileRequirements): TaskDraft {
  const { entry } = context.draft;
  const container = { ...serviceContainer(context), restart: RUN_ONCE };
  return {
    id: entry.name,
    kind: "service",
    service: entry.name,
    step: entry.step,
    containerName: `${context.input.deployment}-${entry.name}`,
    container,
    inputs: containerInputs(container, context),
    timeout: entry.timeout ?? DEFAULT_TIMEOUT,
    acceptedExitCodes: entry.acceptedExitCodes ?? [0],
    run: "on-change",
    ...needed,
  };
}

/** The bootstraps of a service: the file's over the descriptor's, by name; null removes. */
export function bootstrapTasks(
  context: ContainerInput,
  needed: FileRequirements,
  ownsShared: boolean,
): TaskDraft[] {
  const merged = new Map<string, BootstrapEntry>(descriptorBootstraps(context, ownsShared));
  for (const [name, entry] of Object.entries(context.draft.entry.bootstrap)) {
    if (entry === null) merged.delete(name);
    else merged.set(name, over(merged.get(name), entry));
  }
  return [...merged]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, entry]) => bootstrapTask(context, { name, entry, needed }));
}

/** A one-shot of the section Exec: a bootstrap that goes by its own name. */
export function execTask(
  context: ContainerInput,
  entry: ExecEntry,
  needed: FileRequirements,
): TaskDraft {
  const { name } = entry;
  const containerName = `${context.input.deployment}-${name}`;
  return {
    ...bootstrapTask(context, { name, entry, needed }),
    id: name,
    kind: "exec",
    containerName,
  };
}

/** A bootstrap that names no entrypoint belongs to one service of the image only: the first. */
function descriptorBootstraps(
  { draft }: ContainerInput,
  ownsShared: boolean,
): [string, BootstrapEntry][] {
  return Object.entries(draft.descriptor?.bootstrap ?? {}).filter(([, { entrypoint }]) =>
    entrypoint === undefined ? ownsShared : entrypoint === draft.entrypoint?.name,
  );
}

/** What an entry of the file does not give stays as the descriptor has it. */
function over(base: BootstrapEntry | undefined, entry: BootstrapEntry): BootstrapEntry {
  if (base === undefined) return entry;
  const given = Object.entries(entry).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given), env: { ...base.env, ...entry.env } };
}

interface Bootstrap {
  readonly name: string;
  readonly entry: BootstrapEntry;
  readonly needed: FileRequirements;
}

function bootstrapTask(context: ContainerInput, { name, entry, needed }: Bootstrap): TaskDraft {
  const service = context.draft.entry.name;
  const container = oneShot(context, serviceContainer(context), {
    command: entry.command,
    env: entry.env,
  });
  return {
    id: `${service}.${name}`,
    kind: "bootstrap",
    service,
    step: entry.step,
    containerName: `${context.input.deployment}-${service}-${name}`,
    container,
    inputs: containerInputs(container, context),
    timeout: entry.timeout ?? DEFAULT_TIMEOUT,
    acceptedExitCodes: entry.acceptedExitCodes ?? [0],
    run: entry.run ?? "on-change",
    ...needed,
  };
}

/** init-region of an image, called in the same way for every image. */
export function initTask(context: ContainerInput, id: string): TaskDraft | undefined {
  const { draft, input } = context;
  const declared = draft.descriptor?.init ?? false;
  const own = draft.entry.init;
  if (own === false || (declared === false && own?.command === undefined)) return undefined;
  const settings = { ...(declared === false ? {} : declared), ...definedOf(own ?? {}) };
  const command = [...(settings.command ?? []), ...initArguments(input)];
  const { image } = draft;
  const container = withoutImage(
    {
      ...BARE_CONTAINER,
      image: { reference: image.reference, id: image.id },
      entrypoint: command.slice(0, 1),
      command: command.slice(1),
      env: initEnv(context),
      user: settings.user ?? "root",
      healthcheck: "none",
      networks: [{ name: ownNetwork(input), aliases: [] }],
    },
    image.defaults,
  );
  return {
    id,
    kind: "init",
    service: draft.entry.name,
    step: 0,
    containerName: `${input.deployment}-${id.replaceAll(".", "-")}`,
    container,
    inputs: { ...containerInputs({ ...container, env: {} }, context), ...configInputs(context) },
    timeout: settings.timeout ?? 300,
    acceptedExitCodes: [0],
    run: "on-change",
    requires: [],
    resources: [],
  };
}

function initArguments(input: ContainerInput["input"]): string[] {
  const { scheme, hostAndPort } = input.store;
  return [
    "--config-url",
    `${scheme}://${hostAndPort}`,
    "--customer-id",
    input.customerId,
    "--region-id",
    input.deployment,
  ];
}

function initEnv({ draft, input }: ContainerInput): Record<string, Text> {
  return layered([placeEnv(input, draft.entry.name), draft.env]);
}

/** Of the configuration, init-region depends on what the file says about the keys that its image declares. */
function configInputs({ draft, input }: ContainerInput): Record<string, Text> {
  const declared = Object.keys(draft.descriptor?.config ?? {});
  const { config } = input.servicefile;
  return Object.fromEntries(
    declared.flatMap((key) => {
      const value = own(config, key);
      return value === undefined ? [] : [[`config.${key}`, value]];
    }),
  );
}

function oneShot(
  { draft }: ContainerInput,
  base: ContainerSpec,
  own: { readonly command: readonly string[] | undefined; readonly env: EnvSection },
): ContainerSpec {
  return withoutImage(
    {
      ...base,
      command: own.command ?? base.command,
      env: layered([base.env, own.env]),
      publish: [],
      healthcheck: "none",
      restart: RUN_ONCE,
      networks: base.networks.map(({ name }) => ({ name, aliases: [] })),
    },
    draft.image.defaults,
  );
}

/** The token that Axon gives is none: a job that has ended well need not run again with another one. */
function containerInputs(
  container: ContainerSpec,
  { input }: ContainerInput,
): Record<string, Text> {
  const { image, entrypoint, command, user, workingDir, mounts, files } = container;
  const env = Object.entries(container.env).filter(
    ([name, value]) => name !== TOKEN_VARIABLE || !isTokenOf(input.token, value),
  );
  return {
    image: image.id,
    ...(entrypoint && { entrypoint: JSON.stringify(entrypoint) }),
    ...(command && { command: JSON.stringify(command) }),
    ...(user && { user }),
    ...(workingDir && { working_dir: workingDir }),
    ...Object.fromEntries(mounts.map(({ target, source }) => [`volumes.${target}`, source])),
    ...Object.fromEntries(files.map(({ target, digest }) => [`files.${target}`, digest])),
    ...Object.fromEntries(env.map(([name, value]) => [`env.${name}`, value])),
  };
}

function definedOf<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined),
  ) as Partial<T>;
}
