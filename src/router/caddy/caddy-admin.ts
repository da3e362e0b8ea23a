import { request } from "node:http";
import { AxonError } from "../../errors.ts";
import type { Json } from "../../routing/caddy/json.ts";
import { type CaddyAddress, describeCaddy } from "./caddy-address.ts";

export interface CaddyConfig {
  readonly config: Json;
  /** Stands for exactly this configuration. */
  readonly etag: string;
}

interface Answer {
  readonly status: number;
  readonly etag: string;
  readonly text: string;
}

interface Question {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: Json;
  readonly etag?: string;
}

const CHANGED_MEANWHILE = 412;
const DONE = 200;
/** The connection broke before there was an answer. */
const LOST = 0;
/** With each change, Caddy opens another socket for its admin API, too, and what was waiting at the old one is reset. */
const MOST_ATTEMPTS = 10;
const TIMEOUT_MILLISECONDS = 30_000;

const WHERE = "Is Caddy's admin API there? It is what --router or AXON_ROUTER names.";
const FITTING =
  "Axon needs Caddy 2.10 or newer. Where a server of your own listens on :80 or :443, call it axon: the routes are then in it.";

/** Caddy's admin API, in the three calls that Axon needs. */
export class CaddyAdmin {
  readonly #address: CaddyAddress;

  constructor(address: CaddyAddress) {
    this.#address = address;
  }

  get description(): string {
    return describeCaddy(this.#address);
  }

  async read(signal: AbortSignal): Promise<CaddyConfig> {
    const answer = await this.#ask({ method: "GET", path: "/config/" }, signal);
    return { config: (this.#parsed(answer) as Json) ?? {}, etag: answer.etag };
  }

  /** All of it at once; false: it is not any more what it was when it was read, or may be what it was to become. */
  async replace({ config, etag }: CaddyConfig, signal: AbortSignal): Promise<boolean> {
    const question = { method: "POST", path: "/config/", body: config, etag } as const;
    const { status } = await this.#ask(question, signal);
    return status === DONE;
  }

  /** Requests that are in flight, by address of the server. */
  async inFlight(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const answer = await this.#ask({ method: "GET", path: "/reverse_proxy/upstreams" }, signal);
    const found = (this.#parsed(answer) ?? []) as { address: string; num_requests: number }[];
    // Caddy 2.11 lists an address more than once that a name has led to.
    const counts = new Map<string, number>();
    for (const { address, num_requests } of found) {
      counts.set(address, Math.max(num_requests, counts.get(address) ?? 0));
    }
    return counts;
  }

  #parsed({ text }: Answer): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const message = `what answers at ${this.description} is not Caddy's admin API`;
      throw new AxonError("ROUTER_UNREACHABLE", message, { cause, hint: WHERE });
    }
  }

  /** A question can be asked again. What a change that broke off has come to, the caller must find out. */
  async #send(question: Question, signal: AbortSignal): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send(this.#address, question, signal);
      } catch (problem) {
        if (!isReset(problem) || attempt === MOST_ATTEMPTS) throw problem;
        if (question.method === "POST") return { status: LOST, etag: "", text: "" };
      }
    }
  }

  async #ask(question: Question, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#send(question, signal).catch((cause: unknown) => {
      signal.throwIfAborted();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AxonError("ROUTER_UNREACHABLE", `${this.description} does not answer: ${reason}`, {
        cause,
        hint: WHERE,
      });
    });
    if (answer.status === LOST || answer.status < 300 || answer.status === CHANGED_MEANWHILE)
      return answer;
    const problem = `${this.description} refused ${question.method} ${question.path}: ${reasonIn(answer)}`;
    const hint = question.method === "GET" ? WHERE : FITTING;
    throw new AxonError("ROUTER_REFUSED", problem, { hint });
  }
}

function isReset(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ECONNRESET";
}

function reasonIn({ status, text }: Answer): string {
  const [, reason] = /"error":\s*"((?:[^"\\]|\\.)*)"/.exec(text) ?? [];
  return reason ?? `status ${status}`;
}

function send(
  address: CaddyAddress,
  { method, path, body, etag }: Question,
  signal: AbortSignal,
): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    // Caddy compares it with what it listens on; of a socket it wants none.
    ...("socketPath" in address ? { Host: "" } : address.asked && { Host: address.asked }),
    ...(text !== undefined && {
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(text)),
    }),
    ...(etag !== undefined && { "If-Match": etag }),
  };
  return new Promise((resolve, reject) => {
    const options = { ...address, method, path, headers, signal, agent: false };
    const sent = request({ ...options, timeout: TIMEOUT_MILLISECONDS }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("error", reject);
      response.once("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          etag: response.headers.etag ?? "",
          text: Buffer.concat(parts).toString(),
        }),
      );
    });
    sent.once("timeout", () => sent.destroy(new Error("it took too long")));
    sent.once("error", reject);
    sent.end(text);
  });
}
