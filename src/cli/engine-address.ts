import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineAddress, TlsMaterial } from "../engine/docker/engine-address.ts";
import { AxonError } from "../errors.ts";
import {
  type ConfigSources,
  configFolder,
  parseDockerJson,
  readDockerConfig,
} from "./docker-config.ts";

export interface AddressSources extends ConfigSources {
  /** Of `--docker`. */
  readonly flag: string | undefined;
}

const DEFAULT_HOST = "unix:///var/run/docker.sock";

/** As the docker command finds its engine: the flag, DOCKER_HOST, the current context, the usual socket. */
export function resolveEngineAddress(sources: AddressSources): EngineAddress {
  const { flag, env } = sources;
  if (flag !== undefined) return parseAddress(flag, "--docker", tlsOfEnv(sources));
  if (env.DOCKER_HOST) return parseAddress(env.DOCKER_HOST, "DOCKER_HOST", tlsOfEnv(sources));
  const context = currentContext(sources);
  if (context !== undefined) return addressOfContext(context, sources);
  return parseAddress(DEFAULT_HOST, "the default", undefined);
}

export function readFileIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw new AxonError("FILE_UNREADABLE", `cannot read ${path}`, { cause });
  }
}

function parseAddress(text: string, source: string, tls: TlsMaterial | undefined): EngineAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  switch (url?.protocol) {
    case "unix:":
    case "npipe:":
      return socketAddress(text, source);
    case "ssh:":
      return sshAddress(url, source);
    case "tcp:":
    case "http:":
      return tcpAddress(url, source, tls);
    case "https:":
      return tcpAddress(url, source, tls ?? NO_CLIENT_CERTIFICATE);
    default:
      throw notAnAddress(text, source);
  }
}

const NO_CLIENT_CERTIFICATE: TlsMaterial = {
  ca: undefined,
  cert: undefined,
  key: undefined,
  verify: true,
};

function socketAddress(text: string, source: string): EngineAddress {
  const path = text.slice(text.indexOf("://") + 3);
  if (!path.startsWith("/")) throw notAnAddress(text, source);
  return { description: text, connection: { kind: "socket", path } };
}

function sshAddress(url: URL, source: string): EngineAddress {
  if (url.password) {
    throw new AxonError("USAGE", `${source} holds a password`, {
      hint: "let ssh use a key or an agent, and write ssh://user@host",
    });
  }
  if (url.hostname === "" || url.pathname.length > 1) throw notAnAddress(url.href, source);
  const user = decodeURIComponent(url.username) || undefined;
  const port = url.port ? Number(url.port) : undefined;
  const description = `ssh://${user ? `${user}@` : ""}${url.host}`;
  return { description, connection: { kind: "ssh", host: bare(url.hostname), port, user } };
}

function tcpAddress(url: URL, source: string, tls: TlsMaterial | undefined): EngineAddress {
  if (url.hostname === "") throw notAnAddress(url.href, source);
  const port = Number(url.port) || (tls ? 2376 : 2375);
  return {
    description: `tcp://${url.hostname}:${port}`,
    connection: { kind: "tcp", host: bare(url.hostname), port, tls },
  };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function notAnAddress(text: string, source: string): AxonError {
  // Before an @ there may be a password.
  const what = text.includes("@") ? "" : `: ${text}`;
  return new AxonError("USAGE", `${source} is not the address of an engine${what}`, {
    hint: "write unix:///path/to/socket, tcp://host:port or ssh://user@host",
  });
}

function tlsOfEnv({ env, readFile, homedir }: AddressSources): TlsMaterial | undefined {
  const verify = Boolean(env.DOCKER_TLS_VERIFY);
  if (!verify && !env.DOCKER_TLS) return undefined;
  const folder = env.DOCKER_CERT_PATH || join(homedir, ".docker");
  return tlsIn(folder, readFile, verify);
}

function tlsIn(
  folder: string,
  readFile: AddressSources["readFile"],
  verify: boolean,
): TlsMaterial | undefined {
  const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) =>
    readFile(join(folder, name)),
  );
  return { ca, cert, key, verify };
}

function currentContext(sources: AddressSources): string | undefined {
  const name = sources.env.DOCKER_CONTEXT || readDockerConfig(sources).currentContext;
  return name === "" || name === "default" ? undefined : name;
}

function addressOfContext(name: string, sources: AddressSources): EngineAddress {
  const { readFile } = sources;
  const folder = join(configFolder(sources), "contexts");
  const id = createHash("sha256").update(name).digest("hex");
  const text = readFile(join(folder, "meta", id, "meta.json"));
  const { Host, SkipTLSVerify } =
    parseDockerJson<ContextMeta>(text ?? "{}").Endpoints?.docker ?? {};
  if (!Host) {
    throw new AxonError("USAGE", `there is no docker context ${name}`, {
      hint: "choose one of `docker context ls` with DOCKER_CONTEXT, or name the engine with --docker",
    });
  }
  const tls = tlsIn(join(folder, "tls", id, "docker"), readFile, !SkipTLSVerify);
  return parseAddress(Host, `docker context ${name}`, tls?.ca || tls?.cert ? tls : undefined);
}

interface ContextMeta {
  readonly Endpoints?: { readonly docker?: { Host?: string; SkipTLSVerify?: boolean } };
}
