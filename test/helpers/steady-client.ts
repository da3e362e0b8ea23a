import { Agent, get } from "node:http";

export interface Seen {
  /** Answers by status and text, and failures by their code. */
  readonly counts: ReadonlyMap<string, number>;
  readonly sent: number;
  /** How many were sent again, because the connection was closed before there was an answer. */
  readonly again: {
    /** Over connections that had been kept open. */
    readonly kept: number;
    /** Over new ones. */
    readonly fresh: number;
  };
}

export interface SteadyClient {
  /** What was answered up to now. */
  soFar(): Seen;
  /** Resolves when all that was sent has been answered. */
  stop(): Promise<Seen>;
}

export interface Asked {
  /** Where the server listens, on port 80. */
  readonly address: string;
  readonly host: string;
  readonly path?: string;
  readonly perSecond: number;
}

const TICK_MILLISECONDS = 10;

/** Caddy closes a new connection when its request has come just as the configuration changes; the next one is served. */
const MOST_FRESH_TRIES = 2;

/**
 * Sends requests at a steady rate, over connections that it keeps open. A server may close those at any time, as
 * Caddy does when its configuration changes: a request that crosses with that is sent again, as browsers and HTTP libraries do
 * (RFC 9112, 9.3.1), and counted. What was answered, whatever the answer, is never asked again.
 */
export function startClient({ address, host, path = "/", perSecond }: Asked): SteadyClient {
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<string, number>();
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  const again = { kept: 0, fresh: 0 };
  const insist = async (): Promise<string> => {
    for (let freshTries = 0; ; ) {
      const { text, closed } = await ask({ agent, address, host, path });
      if (closed === "fresh") freshTries += 1;
      if (closed === undefined || freshTries === MOST_FRESH_TRIES) return text;
      again[closed] += 1;
    }
  };
  const send = () => {
    sent += 1;
    const asked = insist().then((text) => {
      counts.set(text, (counts.get(text) ?? 0) + 1);
      open.delete(asked);
    });
    open.add(asked);
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * perSecond;
    while (sent < due) send();
  }, TICK_MILLISECONDS);
  const soFar = () => ({ counts: new Map(counts), sent, again: { ...again } });
  return {
    soFar,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      agent.destroy();
      return soFar();
    },
  };
}

interface Request {
  readonly agent: Agent;
  readonly address: string;
  readonly host: string;
  readonly path: string;
}

interface Reply {
  /** `200 text`, or `failed: ECONNRESET`. */
  readonly text: string;
  /** Which kind of connection was closed before there was an answer; undefined: none was. */
  readonly closed: "kept" | "fresh" | undefined;
}

function ask({ agent, address, host, path }: Request): Promise<Reply> {
  return new Promise((resolve) => {
    let isAnswered = false;
    const fail = ({ code, message }: NodeJS.ErrnoException) => {
      const isClosed = !isAnswered && CLOSED.has(code ?? "");
      const kind = request.reusedSocket ? "kept" : "fresh";
      resolve({ text: `failed: ${code ?? message}`, closed: isClosed ? kind : undefined });
    };
    const options = { host: address, path, headers: { host }, agent, timeout: 30_000 };
    const request = get(options, (answer) => {
      isAnswered = true;
      let text = "";
      answer.on("data", (part) => {
        text += part;
      });
      const tell = () => resolve({ text: `${answer.statusCode} ${text}`, closed: undefined });
      answer.on("end", tell).on("error", fail);
    });
    request.on("timeout", () => request.destroy(new Error("timeout"))).on("error", fail);
  });
}

const CLOSED = new Set(["ECONNRESET", "EPIPE"]);
