import { homedir } from "node:os";
import { openDockerEngine } from "../engine/docker/docker-engine.ts";
import type { Engine } from "../engine/engine.ts";
import type { LookRecorder } from "../last-look/look-recorder.ts";
import { readFileIfThere, resolveEngineAddress } from "./engine-address.ts";
import { findRegistryCredentials } from "./registry-credentials.ts";

/** `AXON_LABELS=key=value,...` puts more labels on everything that is created. */
export async function openEngine(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  recorder: LookRecorder | undefined,
): Promise<Engine> {
  const readFile = (path: string) => {
    const text = readFileIfThere(path);
    recorder?.file(path, text);
    return text;
  };
  recorder?.variable("HOME", env.HOME);
  const sources = { env, readFile, homedir: homedir() };
  const address = resolveEngineAddress({ flag, ...sources });
  return openDockerEngine(address, {
    watcher: recorder?.engine(address.connection),
    labels: parseLabels(env.AXON_LABELS),
    credentials: (registry, signal) => findRegistryCredentials(registry, sources, signal),
  });
}

function parseLabels(text = ""): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair.includes("="));
  return Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
}
