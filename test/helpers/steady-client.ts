import { Agent, get } from "node:http";

export interface Seen {
  /** Answers by status and text, and failures by their code. */
  readonly counts: ReadonlyMap<string, number>;
  readonly sent: number;
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

/** Sends requests at a steady rate, each second one over a connection that it keeps open. None is ever sent again. */
export function startClient({ address, host, path = "/", perSecond }: Asked): SteadyClient {
  const kept = new Agent({ keepAlive: true });
  const fresh = new Agent({ keepAlive: false });
  const counts = new Map<string, number>();
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  const send = () => {
    sent += 1;
    const agent = sent % 2 === 0 ? kept : fresh;
    const asked = ask({ agent, address, host, path }).then((text) => {
      counts.set(text, (counts.get(text) ?? 0) + 1);
      open.delete(asked);
    });
    open.add(asked);
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * perSecond;
    while (sent < due) send();
  }, TICK_MILLISECONDS);
  const soFar = () => ({ counts: new Map(counts), sent });
  return {
    soFar,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      kept.destroy();
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

/** `200 text`, or `failed: ECONNRESET`. */
function ask({ agent, address, host, path }: Request): Promise<string> {
  return new Promise((resolve) => {
    const fail = ({ code, message }: NodeJS.ErrnoException) =>
      resolve(`failed: ${code ?? message} (${request.reusedSocket ? "kept" : "new"} connection)`);
    const options = { host: address, path, headers: { host }, agent, timeout: 30_000 };
    const request = get(options, (answer) => {
      let text = "";
      answer.on("data", (part) => {
        text += part;
      });
      answer.on("end", () => resolve(`${answer.statusCode} ${text}`)).on("error", fail);
    });
    request.on("timeout", () => request.destroy(new Error("timeout"))).on("error", fail);
  });
}
