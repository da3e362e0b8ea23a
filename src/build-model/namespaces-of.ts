import type { ContainerSpec, NetworkAttachment } from "../model.ts";
import type { ServiceEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";
import { networksOf } from "./networks-of.ts";

type Namespaces = Pick<ContainerSpec, "networks" | "networkMode" | "pid" | "ipc">;

/** Networks that every engine has, by these names. */
const OF_ENGINE = ["host", "bridge"];

/** Whose network, processes and memory a service shares; the engine knows services by their containers. */
export function namespacesOf(entry: ServiceEntry, input: BuildInput): Namespaces {
  const { networkMode, pid, ipc } = entry.options;
  const shared = (mode: string | undefined) => mode && containerOf(mode, input);
  const isShared = networkMode?.startsWith("service:") || networkMode?.startsWith("container:");
  return {
    networks: networkMode === undefined ? networksOf(entry, input) : ofEngine(networkMode),
    networkMode: isShared ? shared(networkMode) : undefined,
    pid: shared(pid),
    ipc: shared(ipc),
  };
}

function ofEngine(mode: string): NetworkAttachment[] {
  return OF_ENGINE.includes(mode) ? [{ name: mode, aliases: [] }] : [];
}

function containerOf(mode: string, { deployment }: BuildInput): string {
  const service = /^service:(.+)$/.exec(mode)?.[1];
  return service === undefined ? mode : `container:${deployment}-${service}-1`;
}
