import type { LogLine } from "../engine.ts";
import { Demultiplexer } from "./demultiplex.ts";
import type { DockerClient } from "./docker-client.ts";
import { LineSplitter } from "./lines.ts";

export interface LogsRequest {
  readonly id: string;
  /** undefined: all. */
  readonly lastLines: number | undefined;
  /** Go on until the container ends. */
  readonly follow: boolean;
  readonly onLine: (line: LogLine) => void;
  readonly signal: AbortSignal;
}

export async function streamLogs(client: DockerClient, request: LogsRequest): Promise<void> {
  const { id, lastLines, follow, onLine, signal } = request;
  const call = {
    doing: `read the log of container ${id.slice(0, 12)}`,
    query: { follow, stdout: true, stderr: true, tail: lastLines ?? "all" },
    signal,
  };
  const response = await client.stream(`GET /containers/${id}/logs`, call);
  const lines = {
    stdout: new LineSplitter((text) => onLine({ stream: "stdout", text })),
    stderr: new LineSplitter((text) => onLine({ stream: "stderr", text })),
  };
  const frames = new Demultiplexer(({ stream, data }) => lines[stream].write(data));
  try {
    for await (const chunk of response) frames.write(chunk);
  } catch (error) {
    throw client.failure(error, call);
  }
  lines.stdout.end();
  lines.stderr.end();
}
