import { type IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Read } from "../../http/pipeline.ts";
import type { Watcher } from "../../http/watcher.ts";
import { DockerRefusal, fromDockerError, NotAnEngine } from "./docker-errors.ts";
import type { EngineAddress } from "./engine-address.ts";
import { type HttpCall, Transport } from "./transport.ts";

export interface DockerCall {
  /** What it is for, to complete "cannot ...": `start container 3f2a`. */
  readonly doing: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: object;
  /** A tar file, instead of a body. */
  readonly archive?: Buffer;
  readonly headers?: HttpCall["headers"];
  /** It may take long. */
  readonly isLong?: boolean;
  /** Milliseconds until it must have begun to answer. */
  readonly answerWithin?: number;
  /** Texts that no message may hold, in case the engine repeats what it was sent. */
  readonly hide?: readonly string[];
  readonly signal: AbortSignal;
}

/** `GET /version`: method and path in one, as Docker's documentation writes it. */
export type Endpoint = `${HttpCall["method"]} /${string}`;

/** Docker's HTTP API: JSON in and out, failures as AxonError, an aborted call as the signal's reason. */
export class DockerClient {
  readonly #address: EngineAddress;
  readonly #transport: Transport;
  readonly #watcher: Watcher | undefined;

  static async open(address: EngineAddress, watcher?: Watcher): Promise<DockerClient> {
    return new DockerClient(address, await Transport.open(address.connection), watcher);
  }

  private constructor(address: EngineAddress, transport: Transport, watcher?: Watcher) {
    this.#address = address;
    this.#transport = transport;
    this.#watcher = watcher;
  }

  json<T>(endpoint: Endpoint, call: DockerCall): Promise<T> {
    return this.#attempt(call, async () => {
      const response = await this.#send(endpoint, call);
      const text = await textOf(response);
      this.#tell(endpoint, call, { response, text });
      return parse(text) as T;
    });
  }

  /**
   * All reads at once, for many that are alike. undefined: the engine refused, or gave no answer; `json`
   * says why.
   */
  async jsonOfEach<T>(
    reads: readonly Read[],
    signal: AbortSignal,
  ): Promise<readonly (T | undefined)[]> {
    signal.throwIfAborted();
    const answers = await this.#transport.pipelined(reads, signal);
    for (const [at, answer] of answers.entries()) {
      const read = reads[at];
      if (read && answer) this.#watcher?.read(read, answer);
    }
    return answers.map(
      (answer) => (answer?.status === 200 ? tryParse(answer.text) : undefined) as T,
    );
  }

  /** For endpoints that answer in headers. */
  headers(endpoint: Endpoint, call: DockerCall): Promise<IncomingHttpHeaders> {
    return this.#attempt(call, async () => {
      const response = await this.#send(endpoint, call);
      this.#tell(endpoint, call, { response, text: await textOf(response) });
      return response.headers;
    });
  }

  /** The body as it comes. It ends with an error when the signal aborts. */
  stream(endpoint: Endpoint, call: DockerCall): Promise<IncomingMessage> {
    this.#watcher?.other();
    return this.#attempt(call, () => this.#send(endpoint, { ...call, isLong: true }));
  }

  /** The raw connection. It is the caller's to end. */
  hijack(endpoint: Endpoint, call: DockerCall): Promise<Duplex> {
    this.#watcher?.other();
    return this.#attempt(call, async () => {
      const answer = await this.#transport.upgrade(toHttp(endpoint, call));
      if (answer instanceof IncomingMessage) {
        throw refusalOf(answer, await textOf(answer), call);
      }
      return answer;
    });
  }

  /** For failures that come after the answer has begun. */
  failure(error: unknown, { doing, signal }: DockerCall): unknown {
    if (signal.aborted) return signal.reason;
    return fromDockerError(error, { doing, address: this.#address.description });
  }

  close(): void {
    this.#transport.close();
  }

  async #attempt<T>(call: DockerCall, run: () => Promise<T>): Promise<T> {
    call.signal.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      throw this.failure(error, call);
    }
  }

  async #send(endpoint: Endpoint, call: DockerCall): Promise<IncomingMessage> {
    const response = await this.#transport.send(toHttp(endpoint, call));
    if ((response.statusCode ?? 0) < 400) return response;
    const text = await textOf(response);
    this.#tell(endpoint, call, { response, text });
    throw refusalOf(response, text, call);
  }

  #tell(endpoint: Endpoint, call: DockerCall, { response, text }: Told): void {
    const { statusCode: status = 0, headers } = response;
    const read = readOf(endpoint, call);
    if (read === undefined) this.#watcher?.other();
    else this.#watcher?.read(read, { status, headers, text });
  }
}

interface Told {
  readonly response: IncomingMessage;
  readonly text: string;
}

/** undefined: it is more than a line that can be asked again. */
function readOf(endpoint: Endpoint, { query, headers }: DockerCall): Read | undefined {
  if (!/^(GET|HEAD) /.test(endpoint) || headers !== undefined) return undefined;
  if (query === undefined) return endpoint as Read;
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) text.append(name, String(value));
  return `${endpoint}?${text.toString()}` as Read;
}

function toHttp(endpoint: Endpoint, call: DockerCall): HttpCall {
  const [method, path] = endpoint.split(" ", 2) as [HttpCall["method"], string];
  const { query = {}, headers = {}, body, archive, isLong = false, answerWithin, signal } = call;
  return { method, path, query, headers, body, archive, isLong, answerWithin, signal };
}

function refusalOf(
  { statusCode: status = 0 }: IncomingMessage,
  text: string,
  { hide }: DockerCall,
): DockerRefusal {
  return new DockerRefusal(status, hidden(messageOf(text, status), hide));
}

/** By events: an iterator takes as long as all the rest of a short request. */
function textOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      text += chunk;
    });
    response.once("end", () => resolve(text));
    response.once("error", reject);
    response.once("close", () => reject(new Error("the answer was cut short")));
  });
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new NotAnEngine({ cause });
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(text: string, status: number): string {
  try {
    const { message } = JSON.parse(text) as { message?: string };
    return message ?? `HTTP ${status}`;
  } catch {
    return text.trim().slice(0, 300) || `HTTP ${status}`;
  }
}

export function hidden(message: string, texts: readonly string[] = []): string {
  return texts
    .filter((text) => text !== "")
    .reduce((result, text) => result.replaceAll(text, "[hidden]"), message);
}
