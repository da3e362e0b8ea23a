import { execFile } from "node:child_process";
import type { RegistryCredentials } from "../engine/docker/registry-auth.ts";
import { Secret } from "../secret.ts";
import { type ConfigSources, type RegistryEntry, readDockerConfig } from "./docker-config.ts";

/** As the docker command finds them: a helper for the registry, the helper for all, the configuration file. */
export async function findRegistryCredentials(
  registry: string,
  sources: ConfigSources,
  signal: AbortSignal,
): Promise<RegistryCredentials | undefined> {
  const { auths = {}, credHelpers = {}, credsStore } = readDockerConfig(sources);
  const helper = credHelpers[registry] ?? credsStore;
  const kept = helper ? await askHelper(helper, registry, signal) : undefined;
  return kept ?? fromEntry(entryFor(registry, auths));
}

/** A helper that is missing, or knows nothing of the registry, is no failure: anybody may be let in. */
async function askHelper(
  helper: string,
  registry: string,
  signal: AbortSignal,
): Promise<RegistryCredentials | undefined> {
  if (!/^[\w.-]+$/.test(helper)) return undefined;
  const answer = await run(`docker-credential-${helper}`, registry, signal);
  signal.throwIfAborted();
  return answer === undefined ? undefined : fromAnswer(answer);
}

function run(program: string, input: string, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(program, ["get"], { signal, timeout: 60_000 }, (error, stdout) =>
      resolve(error ? undefined : stdout),
    );
    child.stdin?.on("error", () => {}).end(input);
  });
}

function fromAnswer(text: string): RegistryCredentials | undefined {
  try {
    const { Username, Secret: secret } = JSON.parse(text) as { Username: string; Secret: string };
    if (!secret) return undefined;
    return Username === "<token>" ? tokenOf(secret) : passwordOf(Username, secret);
  } catch {
    return undefined;
  }
}

/** Older docker commands wrote the whole URL of the registry. */
function entryFor(registry: string, auths: Readonly<Record<string, RegistryEntry>>) {
  const same = Object.keys(auths).find((key) => hostOf(key) === hostOf(registry));
  return auths[registry] ?? (same === undefined ? undefined : auths[same]);
}

function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

function fromEntry({ auth, identitytoken }: RegistryEntry = {}): RegistryCredentials | undefined {
  if (identitytoken) return tokenOf(identitytoken);
  const text = Buffer.from(auth ?? "", "base64")
    .toString("utf8")
    .replace(/\0+$/, "");
  const colon = text.indexOf(":");
  return colon > 0 ? passwordOf(text.slice(0, colon), text.slice(colon + 1)) : undefined;
}

function tokenOf(token: string): RegistryCredentials {
  return { kind: "token", token: new Secret(token) };
}

function passwordOf(username: string, password: string): RegistryCredentials {
  return { kind: "password", username, password: new Secret(password) };
}
