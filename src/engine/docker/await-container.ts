import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import type { DockerContainer } from "../../fields/docker-api.ts";
import type { WaitRequest, WaitResult } from "../engine.ts";
import type { ContainerEvents } from "./container-events.ts";
import type { DockerClient } from "./docker-client.ts";
import { isStatus } from "./docker-errors.ts";
import { judge, type Watch } from "./readiness.ts";

export interface AwaitRequest {
  /** Whole. */
  readonly id: string;
  readonly wait: WaitRequest;
  readonly signal: AbortSignal;
}

/**
 * Listens before it looks, and looks again whenever something happened: an event is only ever a reason
 * to look, so that it does not matter if one comes late or twice.
 */
export async function awaitContainer(
  client: DockerClient,
  events: ContainerEvents,
  request: AwaitRequest,
): Promise<WaitResult> {
  const { id, wait, signal } = request;
  signal.throwIfAborted();
  setMaxListeners(0, signal);
  let watch: Watch = {
    wait,
    deadline: performance.now() + wait.timeoutMilliseconds,
    run: undefined,
    restartsBefore: undefined,
    wasStarting: false,
  };
  let { bell, leave } = await events.listen(id, signal);
  try {
    for (;;) {
      const verdict = judge(watch, await look(client, request), performance.now());
      if (verdict.kind === "done") return verdict.result;
      watch = verdict.watch;
      await bell.heard(verdict.lookAt - performance.now(), signal);
      if (bell.isClosed) {
        leave();
        ({ bell, leave } = await events.listen(id, signal));
      }
    }
  } finally {
    leave();
  }
}

async function look(client: DockerClient, { id, signal }: AwaitRequest) {
  const call = { doing: `wait for container ${id.slice(0, 12)}`, signal };
  try {
    return await client.json<DockerContainer>(`GET /containers/${id}/json`, call);
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
