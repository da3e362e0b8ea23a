import type Docker from "dockerode";

export interface EngineEvent {
  /** `create`, `start`, `die`, `health_status: healthy` */
  readonly action: string;
  /** The service, or the id of the one-shot, that the container is of. */
  readonly of: string;
  readonly container: string;
  readonly exitCode: number | undefined;
}

/** What happened to the containers of a deployment, as the engine remembers it, in order of time. */
export async function eventsOf(
  docker: Docker,
  deployment: string,
  since: Date,
): Promise<EngineEvent[]> {
  const stream = await docker.getEvents({
    since: toSeconds(since) as never,
    until: toSeconds(new Date()) as never,
    filters: { type: ["container"], label: [`io.axon.deployment=${deployment}`] },
  });
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Told)
    .filter(({ Action }) => !Action.startsWith("exec_"))
    .sort((a, b) => a.timeNano - b.timeNano)
    .map(toEvent);
}

interface Told {
  readonly Action: string;
  readonly timeNano: number;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

function toEvent({ Action, Actor: { ID, Attributes } }: Told): EngineEvent {
  const { exitCode } = Attributes;
  return {
    action: Action,
    of: Attributes["io.axon.service"] ?? "",
    container: ID,
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
  };
}

function toSeconds(date: Date): string {
  return (date.getTime() / 1000).toFixed(3);
}
