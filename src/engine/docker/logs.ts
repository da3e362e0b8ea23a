import type { LogLine } from "../engine.ts";
import { Demultiplexer } from "./demultiplex.ts";
import type { DockerClient } from "./docker-client.ts";
import { isStatus } from "./docker-errors.ts";
import { LineSplitter } from "./lines.ts";

export interface LogsRequest {
  readonly id: string;
  readonly onLine: (line: LogLine) => void;
  readonly signal: AbortSignal;
}

export async function followLogs(client: DockerClient, request: LogsRequest): Promise<void> {
  const lines = new LogLines(request.onLine);
  await stream(client, { ...request, lines, query: { follow: true, tail: "all" } });
  await addLastWords(client, request, lines);
  lines.end();
}

export async function readLogs(
  client: DockerClient,
  request: LogsRequest & { readonly lastLines: number },
): Promise<void> {
  const lines = new LogLines(request.onLine);
  await stream(client, { ...request, lines, query: { tail: request.lastLines } });
  lines.end();
}

/**
 * Docker writes down what a container said last even if it has no end of line, but often fails to send
 * it to who follows. What a failed one-shot said last is what one wants to read.
 */
async function addLastWords(
  client: DockerClient,
  { id, signal }: LogsRequest,
  lines: LogLines,
): Promise<void> {
  const tail = new LogLines(() => {});
  try {
    await stream(client, { id, signal, lines: tail, query: { tail: 2 } });
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
  for (const name of STREAMS) {
    if (lines[name].rest === "") lines[name].write(Buffer.from(tail[name].rest));
  }
}

const STREAMS = ["stdout", "stderr"] as const;

class LogLines {
  readonly stdout: LineSplitter;
  readonly stderr: LineSplitter;
  readonly #frames = new Demultiplexer(({ stream, data }) => this[stream].write(data));

  constructor(onLine: LogsRequest["onLine"]) {
    this.stdout = new LineSplitter((text) => onLine({ stream: "stdout", text }));
    this.stderr = new LineSplitter((text) => onLine({ stream: "stderr", text }));
  }

  write(chunk: Buffer): void {
    this.#frames.write(chunk);
  }

  end(): void {
    for (const name of STREAMS) this[name].end();
  }
}

interface StreamRequest {
  readonly id: string;
  readonly lines: LogLines;
  readonly query: { readonly follow?: boolean; readonly tail: number | "all" };
  readonly signal: AbortSignal;
}

async function stream(client: DockerClient, request: StreamRequest): Promise<void> {
  const { id, lines, query, signal } = request;
  const call = {
    doing: `read the log of container ${id.slice(0, 12)}`,
    query: { ...query, stdout: true, stderr: true },
    signal,
  };
  const response = await client.stream(`GET /containers/${id}/logs`, call);
  try {
    for await (const chunk of response) lines.write(chunk);
  } catch (error) {
    throw client.failure(error, call);
  }
}
