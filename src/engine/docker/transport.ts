import { setMaxListeners } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type Dockerode from "dockerode";
import { type PipelineAnswer, pipeline, type Read } from "../../http/pipeline.ts";
import type { EngineConnection } from "./engine-address.ts";
import { EngineAgent, NoAnswer } from "./engine-agent.ts";

export interface HttpCall {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  readonly headers: Readonly<Record<string, { toString(): string }>>;
  readonly body: object | undefined;
  /** A tar file, instead of a body. */
  readonly archive: Buffer | undefined;
  /** It may take long, and must not keep short calls waiting. */
  readonly isLong: boolean;
  /** How long the engine may take to begin its answer. */
  readonly answerWithin: number | undefined;
  readonly signal: AbortSignal;
}

/** HTTP to one engine, by dockerode over connections of our own. */
export class Transport {
  readonly #connection: EngineConnection;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agents: readonly [EngineAgent, EngineAgent];
  readonly #short: Modem;
  readonly #long: Modem;

  static async open(connection: EngineConnection): Promise<Transport> {
    return new Transport(connection, (await import("dockerode")).default);
  }

  private constructor(connection: EngineConnection, Client: typeof Dockerode) {
    const short = new EngineAgent(connection, {
      keepAlive: true,
      maxSockets: parallelism(connection),
    });
    const long = new EngineAgent(connection, { keepAlive: false });
    this.#connection = connection;
    this.#headers = hostHeader(connection);
    this.#agents = [short, long];
    this.#short = modemWith(short, Client);
    this.#long = modemWith(long, Client);
  }

  /** Resolves when the answer begins, whatever its status. */
  async send(call: HttpCall): Promise<IncomingMessage> {
    const limit =
      call.answerWithin === undefined ? undefined : AbortSignal.timeout(call.answerWithin);
    const signal = limit ? AbortSignal.any([call.signal, limit]) : call.signal;
    try {
      return (await this.#dial({ ...call, signal }, { isStream: true })) as IncomingMessage;
    } catch (error) {
      throw limit?.aborted && !call.signal.aborted ? new NoAnswer() : error;
    }
  }

  /**
   * All reads over a few connections of their own. undefined where no answer came: that is to be asked for by
   * itself.
   */
  async pipelined(
    reads: readonly Read[],
    signal: AbortSignal,
  ): Promise<readonly (PipelineAnswer | undefined)[]> {
    setMaxListeners(0, signal);
    const [agent] = this.#agents;
    const connect = () => agent.createConnection();
    const host = this.#headers.Host ?? "docker";
    const parts = inParts(reads, pipelines(this.#connection));
    const answers = await Promise.all(
      parts.map(async (part) => {
        const told = await pipeline({
          connect,
          host,
          reads: part,
          stallMilliseconds: STALL_MILLISECONDS,
          signal,
        });
        return part.map((_, at) => told[at]);
      }),
    );
    return answers.flat();
  }

  /** Resolves with the raw connection when the engine has left HTTP behind, else with its answer. */
  async upgrade(call: HttpCall): Promise<Duplex | IncomingMessage> {
    const how = { isStream: true, hijack: true } as const;
    return (await this.#dial({ ...call, isLong: true }, how)) as Duplex | IncomingMessage;
  }

  close(): void {
    for (const agent of this.#agents) agent.destroy();
  }

  /** Without `isStream`, an answer that is cut short would never end. */
  #dial(call: HttpCall, how: { isStream: true; hijack?: true }): Promise<unknown> {
    setMaxListeners(0, call.signal);
    const modem = call.isLong ? this.#long : this.#short;
    const headers = { ...this.#headers, ...call.headers };
    return new Promise((resolve, reject) => {
      modem.dial({ ...toDial(call), ...how, headers }, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
  }
}

/** What dockerode's requests go through; its types do not tell. */
interface Modem {
  dial(options: object, done: (error: Error | null, answer: unknown) => void): void;
}

/** The agent makes the connections: with any path, docker-modem makes no URL of a host. */
function modemWith(agent: EngineAgent, Client: typeof Dockerode): Modem {
  const options = { socketPath: "/", agent };
  return withoutDockerHost(() => new Client(options).modem);
}

/** docker-modem adds what DOCKER_HOST says to options, and reads the files of DOCKER_CERT_PATH for it. */
function withoutDockerHost<T>(run: () => T): T {
  const { env } = process;
  const { DOCKER_HOST } = env;
  delete env.DOCKER_HOST;
  try {
    return run();
  } finally {
    if (DOCKER_HOST !== undefined) env.DOCKER_HOST = DOCKER_HOST;
  }
}

/** The caller judges the status: docker-modem would make a sentence of it. */
const ANY_STATUS = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [at + 100, true]));

function toDial({ method, path, query, body, archive, signal }: HttpCall): object {
  return {
    method,
    path: Object.keys(query).length > 0 ? `${path}?` : path,
    options: { _query: query, _body: body ?? {} },
    allowEmpty: body !== undefined,
    file: archive,
    statusCodes: ANY_STATUS,
    abortSignal: signal,
  };
}

function hostHeader(connection: EngineConnection): Record<string, string> {
  if (connection.kind !== "tcp") return {};
  const { host, port } = connection;
  return { Host: `${host.includes(":") ? `[${host}]` : host}:${port}` };
}

/** An engine may be slow to tell of what it is busy with; something between it and us may not know pipelines. */
const STALL_MILLISECONDS = 2_000;

/** Of a pipeline: with fewer reads another connection takes longer to be made than it saves. */
const SHORTEST_PART = 8;

function inParts(reads: readonly Read[], most: number): readonly Read[][] {
  const size = Math.max(SHORTEST_PART, Math.ceil(reads.length / most));
  return Array.from({ length: Math.ceil(reads.length / size) }, (_, at) =>
    reads.slice(at * size, (at + 1) * size),
  );
}

function pipelines({ kind }: EngineConnection): number {
  return kind === "ssh" ? 1 : 4;
}

/** Each connection through ssh is a login, and servers refuse many at once. */
function parallelism({ kind }: EngineConnection): number {
  return kind === "ssh" ? 4 : 32;
}
