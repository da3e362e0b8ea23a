import { type RequestOptions, request as requestHttp } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { encodedPath } from "../../routing/url-path.ts";

/** How this machine reaches a port on which Caddy takes requests, as it is inside of Caddy's container. */
export type CaddyListener = (port: 80 | 443) => Promise<CaddyPlace>;

export interface CaddyPlace {
  readonly host: string;
  readonly port: number;
}

export interface Asked {
  readonly domain: string;
  readonly path: string;
}

interface Answer {
  readonly status: number;
  /** It is Caddy that answers, and it has passed nothing on, which it would say. */
  readonly isCaddys: boolean;
}

/** Longer than Caddy tries to deliver a request. */
const TIMEOUT_MILLISECONDS = 8_000;
const MOST_ATTEMPTS = 5;
/** A service may be slow to answer. */
const MOST_SILENCES = 2;
const PAUSE_MILLISECONDS = 100;

const REDIRECTED = 308;
/** A password and a way to encryption are asked for before anything is passed on. */
const BEFORE = [REDIRECTED, 401];

/**
 * Sends a request through Caddy as a client would. Resolves with the status with which Caddy answers by itself
 * what it cannot deliver, or has no route for; with undefined when it was delivered, or when nobody knows.
 */
export async function undelivered(
  listener: CaddyListener,
  asked: Asked,
  signal: AbortSignal,
): Promise<number | undefined> {
  const plain = await insist(await listener(80), asked, { signal, isSecure: false });
  const isSentOn = plain?.status === REDIRECTED && plain.isCaddys;
  const answer = isSentOn
    ? await insist(await listener(443), asked, { signal, isSecure: true })
    : plain;
  return answer?.isCaddys && !BEFORE.includes(answer.status) ? answer.status : undefined;
}

interface Way {
  readonly signal: AbortSignal;
  readonly isSecure: boolean;
}

/**
 * A change of its configuration, by whomever, closes connections, and may leave one that came just then without an
 * answer: the next one is answered.
 */
async function insist(place: CaddyPlace, asked: Asked, way: Way): Promise<Answer | undefined> {
  let silences = 0;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(place, asked, way);
    if (answer === "silence") silences += 1;
    else if (answer !== "broken") return answer;
    if (silences === MOST_SILENCES || attempt === MOST_ATTEMPTS) return undefined;
    await sleep(PAUSE_MILLISECONDS, undefined, { signal: way.signal });
  }
}

async function ask(
  place: CaddyPlace,
  { domain, path }: Asked,
  { signal, isSecure }: Way,
): Promise<Answer | "broken" | "silence"> {
  // Any name that the wildcard stands for.
  const host = domain.replace(/^\*\./, "axon.");
  const headers = { host, "user-agent": "axon" };
  const options: RequestOptions = {
    ...place,
    path: encodedPath(path),
    method: "HEAD",
    headers,
    agent: false,
    signal,
  };
  const { request } = isSecure ? await import("node:https") : { request: requestHttp };
  // Whether the certificate is good is for others to say: here it is about who answers.
  const secured = isSecure ? { servername: host, rejectUnauthorized: false } : {};
  return await new Promise((resolve, reject) => {
    const sent = request({ ...options, ...secured, timeout: TIMEOUT_MILLISECONDS }, (response) => {
      response.resume();
      const { statusCode: status = 0, headers } = response;
      const isPassedOn = headers.via?.includes("Caddy") === true;
      resolve({ status, isCaddys: headers.server === "Caddy" && !isPassedOn });
    });
    sent.once("timeout", () => {
      resolve("silence");
      sent.destroy();
    });
    sent.once("error", (problem) => (signal.aborted ? reject(problem) : resolve("broken")));
    sent.end();
  });
}
