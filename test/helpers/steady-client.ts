import { get } from "node:http";

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
  readonly port: number;
  readonly host: string;
  readonly path?: string;
  readonly perSecond: number;
}

const TICK_MILLISECONDS = 10;

const MOST_TRIES = 8;
const PAUSE_MILLISECONDS = 50;

/**
 * Sends requests at a steady rate, each on a connection of its own. Caddy resets connections that come at the
 * moment at which its configuration changes, whatever changes: a request that got no answer is sent again a moment
 * later, as clients of replicated services do. What was answered is never asked again.
 */
export function startClient({ port, host, path = "/", perSecond }: Asked): SteadyClient {
  const counts = new Map<string, number>();
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  const send = () => {
    sent += 1;
    const asked = insist({ port, host, path }).then((text) => {
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
      return soFar();
    },
  };
}

async function insist(asked: Omit<Asked, "perSecond">): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const text = await ask(asked);
    const isUnanswered = /^failed: (ECONNRESET|ECONNREFUSED)$/.test(text);
    if (!isUnanswered || tries === MOST_TRIES) return text;
    await new Promise((resolve) => setTimeout(resolve, tries * PAUSE_MILLISECONDS));
  }
}

/** What one request comes to: `200 text`, or `failed: ECONNRESET`. */
function ask({ port, host, path = "/" }: Omit<Asked, "perSecond">): Promise<string> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) =>
      resolve(`failed: ${error.code ?? error.message}`);
    const request = get(
      { host: "127.0.0.1", port, path, headers: { host }, agent: false, timeout: 30_000 },
      (answer) => {
        let text = "";
        answer.on("data", (part) => {
          text += part;
        });
        answer.on("end", () => resolve(`${answer.statusCode} ${text}`)).on("error", fail);
      },
    );
    request.on("timeout", () => request.destroy(new Error("timeout"))).on("error", fail);
  });
}
