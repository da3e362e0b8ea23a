import { healthcheckFrom } from "../../fields/healthcheck.ts";
import type { ImageDefaults, ImageFacts } from "../../live.ts";
import type { DockerImage } from "./docker-responses.ts";

type Config = NonNullable<DockerImage["Config"]>;

export function fromImage(image: DockerImage, reference: string): ImageFacts {
  const config = image.Config ?? {};
  const { Os, Architecture, Variant } = image;
  const platform = [Os, Architecture, Variant].filter(Boolean).join("/");
  return {
    reference,
    id: image.Id,
    ...(platform !== "" && { platform }),
    labels: config.Labels ?? {},
    ...(image.RootFS?.Layers && { layers: image.RootFS.Layers }),
    defaults: defaultsFrom(config),
  };
}

function defaultsFrom(config: Config): ImageDefaults {
  const check = healthcheckFrom(config.Healthcheck);
  const healthcheck = check === "none" ? undefined : check;
  return {
    entrypoint: words(config.Entrypoint),
    command: words(config.Cmd),
    env: Object.fromEntries((config.Env ?? []).map(nameAndValue)),
    user: config.User || undefined,
    workingDir: config.WorkingDir || undefined,
    stopSignal: config.StopSignal || undefined,
    labels: config.Labels ?? {},
    exposedPorts: Object.keys(config.ExposedPorts ?? {})
      .flatMap(exposedPort)
      .sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol)),
    hasHealthcheck: healthcheck !== undefined,
    healthcheck,
    volumes: Object.keys(config.Volumes ?? {}).sort(),
  };
}

function words(value: string[] | string | null | undefined): readonly string[] | undefined {
  if (!value || value.length === 0) return undefined;
  return typeof value === "string" ? [value] : value;
}

function nameAndValue(entry: string): [string, string] {
  const at = entry.indexOf("=");
  return at === -1 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)];
}

function exposedPort(key: string): ImageFacts["defaults"]["exposedPorts"][number][] {
  const [port, protocol = "tcp"] = key.split("/");
  return protocol === "tcp" || protocol === "udp" ? [{ port: Number(port), protocol }] : [];
}
