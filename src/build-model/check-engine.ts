import { AxonError } from "../errors.ts";
import type { Since } from "../fields/field.ts";
import { sinceOf } from "../fields/table.ts";
import type { ContainerSpec } from "../model.ts";
import type { ServiceEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";

/** Engines pass over what they are too old for without a word, so Axon must say it. */
export function engineErrors(
  entry: ServiceEntry,
  containers: readonly ContainerSpec[],
  input: BuildInput,
): AxonError[] {
  const { engineApi } = input;
  if (engineApi === undefined) return [];
  const newer = containers.flatMap(sinceOf).filter(({ api }) => isOlder(engineApi, api));
  const distinct = new Map(newer.map((since) => [JSON.stringify(since), since]));
  return [...distinct.values()].map((since) => tooOld(entry, since, { ...input, engineApi }));
}

function tooOld(
  { name, key }: ServiceEntry,
  { path, what, api }: Since,
  { servicefile, engineApi }: BuildInput & { readonly engineApi: string },
): AxonError {
  return new AxonError(
    "ENGINE_TOO_OLD",
    `${name}.${path[0]}: ${what} needs an engine with API ${api} or newer, and this one has ${engineApi}`,
    {
      at: servicefile.locate([key, ...path]),
      hint: `Take ${what} out, or use a newer engine.`,
    },
  );
}

function isOlder(engine: string, needed: string): boolean {
  const [[major = 0, minor = 0], [wantedMajor = 0, wantedMinor = 0]] = [engine, needed].map(
    (version) => version.split(".").map(Number),
  ) as [number[], number[]];
  return major === wantedMajor ? minor < wantedMinor : major < wantedMajor;
}
