import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import type { DockerContainer } from "../../fields/docker-api.ts";
import type { WaitRequest, WaitResult } from "../engine.ts";
import { Bell } from "./bell.ts";
import type { DockerCall, DockerClient } from "./docker-client.ts";
import { isStatus } from "./docker-errors.ts";
import { judge, type Watch } from "./readiness.ts";

export interface AwaitRequest {
  readonly id: string;
  readonly wait: WaitRequest;
  readonly signal: AbortSignal;
}

/**
 * Subscribes before it looks, and looks again whenever something happened: an event is only ever a reason
 * to look, so that it does not matter if one comes late or twice.
 */
export async function awaitContainer(
  client: DockerClient,
  { id, wait, signal }: AwaitRequest,
): Promise<WaitResult> {
  const scope = new AbortController();
  const abort = () => scope.abort(signal.reason);
  setMaxListeners(0, signal);
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    const call = { doing: `wait for container ${id.slice(0, 12)}`, signal: scope.signal };
    return await watchContainer(client, { id, wait, call });
  } finally {
    signal.removeEventListener("abort", abort);
    scope.abort();
  }
}

interface WatchRequest {
  readonly id: string;
  readonly wait: WaitRequest;
  readonly call: DockerCall;
}

async function watchContainer(client: DockerClient, request: WatchRequest): Promise<WaitResult> {
  const { wait, call } = request;
  const deadline = performance.now() + wait.timeoutMilliseconds;
  let watch: Watch = {
    wait,
    deadline,
    run: undefined,
    restartsBefore: undefined,
    wasStarting: false,
  };
  let events = await subscribe(client, request);
  for (;;) {
    const verdict = judge(watch, await look(client, request), performance.now());
    if (verdict.kind === "done") return verdict.result;
    watch = verdict.watch;
    await events.heard(verdict.lookAt - performance.now(), call.signal);
    if (events.isClosed) events = await subscribe(client, request);
  }
}

const ACTIONS = [
  ...["start", "die", "stop", "kill", "destroy", "oom", "restart"],
  ...["pause", "unpause", "health_status"],
];

/** `since`: what happens between the answer and the subscription is sent, too. */
async function subscribe(client: DockerClient, { id, call }: WatchRequest): Promise<Bell> {
  const filters = JSON.stringify({ type: ["container"], container: [id], event: ACTIONS });
  const response = await client.stream("GET /events", { ...call, query: { since: 1, filters } });
  const bell = new Bell();
  response.on("data", () => bell.ring());
  response.on("error", () => bell.close());
  response.on("close", () => bell.close());
  return bell;
}

async function look(client: DockerClient, { id, call }: WatchRequest) {
  try {
    return await client.json<DockerContainer>(`GET /containers/${id}/json`, call);
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}
