import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type Docker from "dockerode";

export interface EngineEvent {
  /** `create`, `start`, `die`, `health_status: healthy` */
  readonly action: string;
  /** The service, or the id of the one-shot, that the container is of. */
  readonly of: string;
  readonly container: string;
  /** Of the container, at that moment. */
  readonly name: string;
  readonly exitCode: number | undefined;
  /** When, by the engine's own clock, in milliseconds. */
  readonly at: number;
}

export interface RecordedEvents {
  /** All that happened since the recording began, in order of time. */
  soFar(): Promise<EngineEvent[]>;
  end(): Promise<void>;
}

/**
 * What happens to the containers of a deployment from now on. The engine remembers only the newest 256 events,
 * of all deployments, so they are taken down as they come; the last ones are asked for.
 */
export function recordEvents(docker: Docker, deployment: string): RecordedEvents {
  const since = new Date();
  const seen = new Map<string, Told>();
  const note = (told: Told) => seen.set(`${told.timeNano} ${told.Actor.ID} ${told.Action}`, told);
  const opening = follow(docker, deployment, note);
  opening.catch(() => {});
  return {
    soFar: async () => {
      await opening;
      for (const told of await remembered(docker, deployment, since)) note(told);
      return [...seen.values()]
        .filter(({ Action }) => !Action.startsWith("exec_"))
        .sort((a, b) => a.timeNano - b.timeNano)
        .map(toEvent);
    },
    end: () => opening.then(({ close }) => close()).catch(() => {}),
  };
}

async function remembered(docker: Docker, deployment: string, since: Date): Promise<Told[]> {
  const stream = await docker.getEvents({
    since: toSeconds(since) as never,
    until: toSeconds(new Date()) as never,
    filters: containersOf(deployment),
  });
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Told);
}

export interface FollowedEvents extends AsyncDisposable {
  /** Resolves with all that has happened, in order, as soon as that holds of it. */
  until(holds: (events: readonly EngineEvent[]) => boolean): Promise<readonly EngineEvent[]>;
}

/**
 * What happens to the containers of a deployment from now on. The engine remembers only the newest 256 events,
 * and each run of a health check is three of them.
 */
export async function followEvents(docker: Docker, deployment: string): Promise<FollowedEvents> {
  const events: EngineEvent[] = [];
  const { lines, close } = await follow(docker, deployment, (told) => {
    if (!told.Action.startsWith("exec_")) events.push(toEvent(told));
  });
  return {
    until: async (holds) => {
      while (!holds(events)) await once(lines, "line");
      return events;
    },
    [Symbol.asyncDispose]: async () => close(),
  };
}

async function follow(docker: Docker, deployment: string, onTold: (told: Told) => void) {
  const stream = await docker.getEvents({ filters: containersOf(deployment) });
  const lines = createInterface({ input: stream });
  lines.on("line", (line) => onTold(JSON.parse(line) as Told));
  return { lines, close: () => void (stream as Readable).destroy() };
}

interface Told {
  readonly Action: string;
  readonly timeNano: number;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

function containersOf(deployment: string): Docker.GetEventsOptions["filters"] {
  return { type: ["container"], label: [`io.axon.deployment=${deployment}`] };
}

function toEvent({ Action, timeNano, Actor: { ID, Attributes } }: Told): EngineEvent {
  const { exitCode } = Attributes;
  return {
    action: Action,
    of: Attributes["io.axon.service"] ?? "",
    container: ID,
    name: Attributes.name ?? "",
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    at: timeNano / 1e6,
  };
}

function toSeconds(date: Date): string {
  return (date.getTime() / 1000).toFixed(3);
}
