import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type Consul from "consul";
import { type ConsulAddress, describeAddress } from "../store-address.ts";
import { openAgent } from "./consul-agent.ts";
import { translateFailure } from "./consul-errors.ts";

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
  #closed = false;

  private constructor(client: Consul, description: string) {
    this.#client = client;
    this.description = description;
  }

  static async open(address: ConsulAddress): Promise<ConsulClient> {
    const { host, port, secure, token } = address;
    const [{ default: Library }, agent] = await Promise.all([import("consul"), openAgent(address)]);
    const client = new Library({
      host: host.includes(":") ? `[${host}]` : host,
      port,
      secure,
      agent,
      defaults: token ? { token: token.reveal() } : {},
    });
    return new ConsulClient(client, describeAddress(address));
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
      signal?.throwIfAborted();
      throw translateFailure(error, this.description);
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  close(): void {
    this.#closed = true;
    this.#client.destroy();
  }
}
