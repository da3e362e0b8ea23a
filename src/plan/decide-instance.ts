import type { Delta } from "../fields/field.ts";
import { diffContainer } from "../fields/table.ts";
import type { LiveContainer } from "../live.ts";
import type { ContainerSpec } from "../model.ts";

/** What must happen to one instance of a service. */
export type Decision =
  | { readonly kind: "keep"; readonly live: LiveContainer; readonly unchanged: number }
  | { readonly kind: "create" }
  | {
      readonly kind: "adjust";
      readonly live: LiveContainer;
      readonly deltas: readonly Delta[];
      readonly wake: "start" | "unpause" | undefined;
      readonly cause: string;
      readonly unchanged: number;
    }
  | {
      readonly kind: "replace";
      readonly live: LiveContainer;
      readonly deltas: readonly { readonly delta: Delta; readonly forces: boolean }[];
      readonly cause: string;
      readonly unchanged: number;
    };

/** What is in a namespace of a container that goes must go, too, however it is by itself. */
export function mustGo(decision: Decision, cause: string): Decision {
  if (decision.kind !== "keep" && decision.kind !== "adjust") return decision;
  const { live, unchanged } = decision;
  const deltas = decision.kind === "keep" ? [] : decision.deltas;
  return {
    kind: "replace",
    live,
    deltas: deltas.map((delta) => ({ delta, forces: false })),
    cause,
    unchanged,
  };
}

/** A new container, or one that starts again, has new namespaces. */
export function changesNamespaces(decision: Decision): boolean {
  if (decision.kind === "adjust") return decision.wake === "start";
  return decision.kind !== "keep";
}

export interface WantedInstance {
  readonly containerName: string;
  readonly container: ContainerSpec;
  /** Variables that Axon gives by itself. */
  readonly injected: readonly string[];
}

export function decideInstance(wanted: WantedInstance, live: LiveContainer | undefined): Decision {
  if (live === undefined) return { kind: "create" };
  const { deltas, unchanged } = diffContainer(live.spec, wantedOf(wanted, live));
  const forcing = deltas.filter(({ change }) => change === "replace");
  const flaw = flawOf(live);
  if (forcing.length > 0 || flaw !== undefined) {
    return {
      kind: "replace",
      live,
      deltas: deltas.map(({ delta, change }) => ({ delta, forces: change === "replace" })),
      cause: forcing.length > 0 ? "" : (flaw ?? ""),
      unchanged,
    };
  }
  return decideInPlace({ wanted, live, unchanged, deltas: deltas.map(({ delta }) => delta) });
}

/**
 * Why a container is of no use, however equal it is. Files are put in after it is made, and its labels tell of them before: a run
 * may have been killed in between.
 */
function flawOf({ status, spec }: LiveContainer): string | undefined {
  if (status === "dead" || status === "removing") return `was ${status}`;
  const mayLack = status === "created" && spec.files.length > 0;
  return mayLack ? "never started, and may lack its files" : undefined;
}

/**
 * What Axon has not made does without the variables that only Axon gives, as long as nothing else differs, and
 * keeps what may be the engine's or another tool's where the file says nothing.
 */
function wantedOf({ container, injected }: WantedInstance, live: LiveContainer): ContainerSpec {
  if (live.adopted === undefined) return container;
  const lacking = new Set(injected.filter((name) => live.spec.env[name] === undefined));
  const env = Object.entries(container.env).filter(([name]) => !lacking.has(name));
  const { labels, logDriver, logOptions, ipc, runtime } = live.spec;
  return {
    ...container,
    env: Object.fromEntries(env),
    labels: { ...labels, ...container.labels },
    logDriver: container.logDriver ?? logDriver,
    logOptions: { ...logOptions, ...container.logOptions },
    ipc: container.ipc ?? ipc,
    runtime: container.runtime ?? runtime,
  };
}

interface InPlace {
  readonly wanted: WantedInstance;
  readonly live: LiveContainer;
  readonly deltas: readonly Delta[];
  readonly unchanged: number;
}

function decideInPlace({ wanted, live, deltas, unchanged }: InPlace): Decision {
  const renamed: Delta[] =
    live.name === wanted.containerName
      ? []
      : [{ path: "name", before: live.name, after: wanted.containerName }];
  const all = [...renamed, ...deltas];
  const wake = wakeOf(live);
  if (all.length === 0 && wake === undefined) return { kind: "keep", live, unchanged };
  return { kind: "adjust", live, deltas: all, wake, cause: wake ? stateOf(live) : "", unchanged };
}

function wakeOf({ status }: LiveContainer): "start" | "unpause" | undefined {
  if (status === "paused") return "unpause";
  return status === "running" || status === "restarting" ? undefined : "start";
}

function stateOf({ status, exitCode }: LiveContainer): string {
  if (status !== "exited") return `was ${status}`;
  return exitCode === undefined ? "was stopped" : `was stopped (exit ${exitCode})`;
}
