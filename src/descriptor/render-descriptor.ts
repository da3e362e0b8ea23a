import type { ImageFacts } from "../live.ts";
import {
  defaultsJson,
  descriptorJson,
  type Json,
  orNull,
  shownDefault,
  shownEnv,
} from "./describe-json.ts";
import type { Descriptor, DescriptorBootstrap, DescriptorConfig } from "./descriptor.ts";
import { entrypointRows, showCommand } from "./render-entrypoint.ts";
import { type Row, table } from "./text-table.ts";

/** What `axon describe` prints. Holds no secret. */
export function renderDescriptor(image: ImageFacts, descriptor: Descriptor | undefined): string {
  const blocks =
    descriptor === undefined ? [plainBlock(image)] : describedBlocks(image, descriptor);
  const supplied = ["The image itself supplies", ...table(suppliedRows(image), 2)];
  const all = [...blocks, supplied, ...noticesBlock(descriptor)];
  return `${all.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** What `axon describe --json` prints: the same for programs. Holds no secret. */
export function describeAsJson(image: ImageFacts, descriptor: Descriptor | undefined): Json {
  return orNull({
    version: 1,
    image: { reference: image.reference, id: image.id },
    ...descriptorJson(descriptor),
    defaults: defaultsJson(image.defaults),
  });
}

function plainBlock({ reference }: ImageFacts): string[] {
  return [reference, "  A plain image: it has no label io.axon.descriptor."];
}

function describedBlocks({ reference }: ImageFacts, descriptor: Descriptor): string[][] {
  const { name, label, config, entrypoints, bootstrap } = descriptor;
  const head: Row[] = [
    ["described by", label],
    ...(name === undefined ? [] : [["name", name] as const]),
  ];
  return [
    [reference, ...table([...head, ["init-region", showInit(descriptor)]], 2)],
    ...Object.values(entrypoints).map((entrypoint) => [
      `Entrypoint ${entrypoint.name}`,
      ...table(entrypointRows(entrypoint), 2),
    ]),
    ...section("Bootstrap", Object.entries(bootstrap).flatMap(bootstrapRows)),
    ...section("Config", Object.entries(config).map(configRow)),
  ];
}

function section(title: string, rows: readonly Row[]): string[][] {
  return rows.length === 0 ? [] : [[title, ...table(rows, 2)]];
}

function showInit({ init, label }: Descriptor): string {
  if (init === false) return "none";
  const command =
    label === "com.platform9.app_metadata"
      ? "/root/init-region, or init-region on the PATH, if there is one"
      : showCommand(init.command);
  return `${command} (as ${init.user}, ${init.timeout}s at most)`;
}

function bootstrapRows([name, bootstrap]: [string, DescriptorBootstrap]): Row[] {
  const facts = bootstrapFacts(bootstrap);
  const rows: Row[] = [[name, showCommand(bootstrap.command)]];
  return facts.length === 0 ? rows : [...rows, ["", facts.join(", ")]];
}

function bootstrapFacts(bootstrap: DescriptorBootstrap): string[] {
  const { step, run, timeout, acceptedExitCodes: codes, entrypoint } = bootstrap;
  const env = Object.entries(shownEnv(bootstrap.env)).map(([key, value]) => `${key}=${value}`);
  const facts = [
    step === undefined ? undefined : `step ${step}`,
    run,
    timeout === undefined ? undefined : `${timeout}s at most`,
    codes === undefined ? undefined : `exit code ${codes.join(" or ")}`,
    entrypoint === undefined ? undefined : `by the service of ${entrypoint}`,
    ...env,
  ];
  return facts.filter((fact) => fact !== undefined);
}

function configRow([key, config]: [string, DescriptorConfig]): Row {
  const preset = shownDefault(key, config);
  const [made] = Object.entries(config.generate ?? {}).filter(([, length]) => length !== undefined);
  const facts = [
    config.type,
    config.required ? "required" : undefined,
    config.secret ? "secret" : undefined,
    preset === undefined ? undefined : `default ${preset}`,
    made === undefined ? undefined : `generated (${made[0]}, ${made[1]})`,
    config.env === undefined ? undefined : `in ${config.env}`,
  ];
  return [key, facts.filter((fact) => fact !== undefined).join(", ")];
}

function suppliedRows({ defaults }: ImageFacts): Row[] {
  const { entrypoint, command, user, exposedPorts, volumes, hasHealthcheck } = defaults;
  const ports = exposedPorts.map(({ port, protocol }) => `${port}/${protocol}`);
  const rows: Row[] = [
    ["ENTRYPOINT", showCommand(entrypoint ?? [])],
    ["CMD", showCommand(command ?? [])],
    ["USER", user ?? ""],
    ["EXPOSE", ports.join(" ")],
    ["VOLUME", volumes.join(" ")],
    ["HEALTHCHECK", hasHealthcheck ? "yes" : ""],
  ];
  return rows.map(([name, value = ""]) => [name, value || "-"]);
}

function noticesBlock(descriptor: Descriptor | undefined): string[][] {
  const notices = descriptor?.notices ?? [];
  return notices.length === 0
    ? []
    : [["Notices", ...notices.flatMap((text) => table([["-", text]], 2))]];
}
