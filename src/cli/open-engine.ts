import { homedir } from "node:os";
import { openDockerEngine } from "../engine/docker/docker-engine.ts";
import type { Engine } from "../engine/engine.ts";
import { readFileIfThere, resolveEngineAddress } from "./engine-address.ts";
import { findRegistryCredentials } from "./registry-credentials.ts";

/** `AXON_LABELS=key=value,...` puts more labels on everything that is created. */
export async function openEngine(flag: string | undefined): Promise<Engine> {
  const { env } = process;
  const sources = { env, readFile: readFileIfThere, homedir: homedir() };
  return openDockerEngine(resolveEngineAddress({ flag, ...sources }), {
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
