import type { Engine } from "../engine/engine.ts";
import type { AxonEvent } from "../events.ts";
import type { KvStore } from "../kv/kv-store.ts";

import type { Router } from "../router/router.ts";

/** All that an executor may touch. */
export interface RunContext {
  readonly deployment: string;
  readonly engine: Engine;
  /** undefined only for plans that touch no store: that of the managed store itself. */
  readonly store: KvStore | undefined;
  /** undefined only for plans that touch no route. */
  readonly router: Router | undefined;
  readonly now: () => Date;
  readonly onEvent: (event: AxonEvent) => void;
  /** Start no more; what is in flight is finished, and what must be undone is undone. */
  readonly stop: AbortSignal;
  /** End what is in flight too. */
  readonly abort: AbortSignal;
  /** Asked before each operation; throws when nothing may be changed any more. */
  readonly check: () => void;
  readonly settings: RunSettings;
  /** Ids of containers that this run has made, by the operation that made them. */
  readonly created: Map<string, string>;
}

export interface RunSettings {
  /** Calls to the engine and the store at the same time. */
  readonly concurrency: number;
  /** How long a service has to become ready. */
  readonly readyTimeoutMilliseconds: number;
}

export const DEFAULT_SETTINGS: RunSettings = {
  concurrency: 8,
  readyTimeoutMilliseconds: 120_000,
};
