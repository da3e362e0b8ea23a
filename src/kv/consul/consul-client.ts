import { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import type Consul from "consul";
import type { Read } from "../../http/pipeline.ts";
import type { Watcher } from "../../http/watcher.ts";
import { type ConsulAddress, describeAddress } from "../store-address.ts";
import { openAgent } from "./consul-agent.ts";
import { acceptStatus, MANAGED_TOKEN, translateFailure } from "./consul-errors.ts";

/** A Consul leader that was lost is looked for up to 7 s before the request fails. */
const ANSWER_MILLISECONDS = 10_000;

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMilliseconds?: number;
}

/** What the library takes with every request, though its types do not say so. */
export interface RequestOptions {
  readonly ctx: EventEmitter;
  readonly timeout: number;
}

export interface PlainRequest {
  readonly method: "_get" | "_put" | "_delete";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
  /** Statuses that are an answer and not a failure. */
  readonly accepts?: readonly number[];
}

/** What the library's own endpoints are made of. */
type Requester = Record<
  PlainRequest["method"],
  (request: object, done: typeof answer) => Promise<unknown>
>;

interface Exchange {
  readonly err?: Error & { response?: IncomingMessage };
  readonly res: IncomingMessage & { readonly body?: unknown };
}

/** As the library does it for its own: the response beside the body, and along with a failure. */
function answer({ err, res }: Exchange, next: (isDone: false, ...rest: unknown[]) => void): void {
  if (err === undefined) next(false, undefined, [res, res.body]);
  else next(false, Object.assign(err, res && { response: res }));
}

interface Answer {
  readonly response: IncomingMessage;
  readonly body: unknown;
}

/**
 * The `consul` library with what it lacks: abort signals (it has an event emitter for that), a limit on
 * every request, the response beside the body (it answers "nothing there" for any web server), and
 * failures that say which store they are about.
 */
export class ConsulClient {
  readonly description: string;
  readonly #client: Consul;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tokenHint: string | undefined;
  readonly #watcher: Watcher | undefined;
  #closed = false;

  private constructor(client: Consul, address: ConsulAddress, watcher: Watcher | undefined) {
    this.#client = client;
    this.#watcher = watcher;
    this.#headers = address.token ? { "x-consul-token": address.token.reveal() } : {};
    this.#tokenHint = address.isManaged ? MANAGED_TOKEN : undefined;
    this.description = describeAddress(address);
  }

  static async open(address: ConsulAddress, watcher?: Watcher): Promise<ConsulClient> {
    const { host, port, secure, token } = address;
    const [{ default: Library }, agent] = await Promise.all([import("consul"), openAgent(address)]);
    const client = new Library({
      host: host.includes(":") ? `[${host}]` : host,
      port,
      secure,
      agent,
      defaults: token ? { token: token.reveal() } : {},
    });
    if (watcher) watch(client, watcher);
    return new ConsulClient(client, address, watcher);
  }

  /** For endpoints that the library has no words for. */
  send(request: PlainRequest, signal?: AbortSignal): Promise<Answer> {
    const { method, path, query = {}, body, accepts = [] } = request;
    const plain = { name: path, path, query, headers: { ...this.#headers } };
    const whole = body === undefined ? plain : { ...plain, type: "json", body };
    return this.call(
      (client, options) =>
        (client as unknown as Requester)
          [method]({ ...whole, ...options }, answer)
          .catch(acceptStatus(...accepts)),
      { signal },
    );
  }

  async call(
    request: (client: Consul, options: RequestOptions) => Promise<unknown>,
    { signal, timeoutMilliseconds = ANSWER_MILLISECONDS }: CallOptions = {},
  ): Promise<Answer> {
    if (this.#closed) throw new Error("the store is closed");
    signal?.throwIfAborted();
    const ctx = Object.assign(new EventEmitter(), { includeResponse: true });
    const cancel = () => ctx.emit("cancel");
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const answer = await request(this.#client, { ctx, timeout: timeoutMilliseconds });
      const [response, body] = answer as [IncomingMessage, unknown];
      return { response, body };
    } catch (error) {
      this.#watcher?.other();
      signal?.throwIfAborted();
      throw translateFailure(error, this.description, this.#tokenHint);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  close(): void {
    this.#closed = true;
    this.#client.destroy();
  }
}

/** Each answer as it came, before the library's endpoints make something else of it. */
function watch(client: Consul, watcher: Watcher): void {
  (client as unknown as Extensible)._ext("onResponse", ({ res }, next) => {
    if (res === undefined) watcher.other();
    else tell(watcher, res, res.body);
    next();
  });
}

interface Extensible {
  _ext(
    event: "onResponse",
    extension: (request: { res?: Exchange["res"] }, next: () => void) => void,
  ): void;
}

/** A read that waits for a change is none that can be made again. */
function tell(watcher: Watcher, response: IncomingMessage, body: unknown): void {
  const { method, path } = (response as IncomingMessage & { req: ClientRequest }).req;
  if (method !== "GET" || /[?&]index=/.test(path)) {
    watcher.other();
    return;
  }
  const { statusCode: status = 0, headers } = response;
  const text = Buffer.isBuffer(body) ? body.toString("utf8") : JSON.stringify(body);
  watcher.read(`GET ${path}` as Read, { status, headers, text: text ?? "" });
}
