import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Upstream } from "../../helpers/recording-proxy.ts";

/** When something is to happen to the process whose requests go through the proxies. */
export type Cut =
  /** `before`: the request is not handed on. `after`: it is, and its answer is lost. `with`: nothing is lost. */
  | {
      readonly kind: "request";
      readonly number: number;
      readonly side: "before" | "after" | "with";
    }
  /** Of the requests like this one, counted from 1. */
  | {
      readonly kind: "like";
      readonly request: RegExp;
      readonly number: number;
      readonly side: "before" | "after" | "with";
    }
  /** The first request with a transaction that writes such a key. */
  | {
      readonly kind: "write";
      readonly verb: "cas" | "delete";
      readonly key: RegExp;
      readonly side: "before" | "after" | "with";
    }
  /** That long after its first request that changes something. */
  | { readonly kind: "instant"; readonly milliseconds: number };

/** Counts requests that change something, of whichever proxy, from 1. */
export interface Gate {
  readonly count: number;
  /** `POST /containers/create`: those that were counted. */
  readonly requests: readonly string[];
  /** Whether that has come which it was armed for. */
  readonly hasCut: boolean;
  /** From now on counts anew, and does this once. */
  arm(cut: Cut | undefined, act: () => void): void;
  /** Resolves when no request is under way that changes something. */
  idle(): Promise<void>;
}

export interface CuttingProxies extends AsyncDisposable {
  readonly gate: Gate;
  /** `127.0.0.1:port` of each upstream's proxy, in their order. */
  readonly addresses: readonly string[];
}

/** For a deployer whose engine and Consul are these two. */
export function environmentOf({ addresses: [engine, store] }: CuttingProxies) {
  return {
    DOCKER_HOST: `tcp://${engine}`,
    AXON_KV: `consul://${store}`,
    AXON_LABELS: `axon.test=${process.env.AXON_TEST_RUN ?? "soak"}`,
  };
}

export async function startCuttingProxies(upstreams: readonly Upstream[]): Promise<CuttingProxies> {
  const gate = new CountingGate();
  // A connection that is closed just when it is used again would be an interruption of another kind.
  const options = { keepAliveTimeout: 600_000 };
  const servers = upstreams.map((upstream) =>
    createServer(options, (incoming, outgoing) => {
      void pass({ upstream, gate }, incoming, outgoing);
    }),
  );
  const addresses = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("a proxy has no port");
      return `127.0.0.1:${address.port}`;
    }),
  );
  return {
    gate,
    addresses,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((done) => server.close(done));
      }
    },
  };
}

class CountingGate implements Gate {
  requests: string[] = [];
  hasCut = false;
  #cut: Cut | undefined;
  #act = () => {};
  #under = new Set<Promise<unknown>>();

  arm(cut: Cut | undefined, act: () => void): void {
    this.requests = [];
    this.hasCut = false;
    this.#cut = cut;
    this.#act = act;
  }

  async idle(): Promise<void> {
    while (this.#under.size > 0) await Promise.allSettled([...this.#under]);
  }

  get count(): number {
    return this.requests.length;
  }

  next({ method, url }: IncomingMessage): number {
    this.requests.push(`${method} ${url}`);
    const cut = this.#cut;
    if (cut?.kind === "instant" && this.count === 1) {
      setTimeout(() => {
        if (this.#cut === cut) this.#fire();
      }, cut.milliseconds);
    }
    return this.count;
  }

  /** Whether it is now; then it has been done. */
  cutsAt(passing: Passing, side: "before" | "after" | "with"): boolean {
    const cut = this.#cut;
    if (cut === undefined || cut.kind === "instant" || cut.side !== side) return false;
    if (!isMeant(cut, { ...passing, requests: this.requests })) return false;
    this.#fire();
    return true;
  }

  #fire(): void {
    this.#cut = undefined;
    this.hasCut = true;
    this.#act();
  }

  track(work: Promise<unknown>): void {
    this.#under.add(work);
    void work.finally(() => this.#under.delete(work));
  }
}

interface Passing {
  /** 0: it changes nothing. */
  readonly number: number;
  readonly writes: readonly Write[];
}

interface Write {
  readonly Verb?: string;
  readonly Key?: string;
}

interface Seen extends Passing {
  /** This one, and those that came before or since. */
  readonly requests: readonly string[];
}

function isMeant(cut: Exclude<Cut, { kind: "instant" }>, seen: Seen): boolean {
  const { number, writes, requests } = seen;
  if (cut.kind === "request") return cut.number === number;
  if (cut.kind === "like") {
    const before = requests.slice(0, number);
    const isLike = cut.request.test(before.at(-1) ?? "");
    return isLike && before.filter((one) => cut.request.test(one)).length === cut.number;
  }
  return writes.some(({ Verb = "", Key = "" }) => Verb === cut.verb && cut.key.test(Key));
}

interface Pass {
  readonly upstream: Upstream;
  readonly gate: CountingGate;
}

async function pass(
  { upstream, gate }: Pass,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method, url, headers } = incoming;
  const body = await read(incoming);
  const writes = writesIn(incoming, body);
  const isCounted = changes(incoming, writes);
  const passing = { number: isCounted ? gate.next(incoming) : 0, writes };
  if (gate.cutsAt(passing, "before")) return void outgoing.destroy();
  gate.cutsAt(passing, "with");
  const answered = new Promise<void>((done) => {
    const onward = request({ ...upstream, method, path: url, headers }, (response) => {
      void deliver(response);
    });
    const deliver = async (response: IncomingMessage) => {
      if (isCounted) {
        const answer = await read(response);
        if (gate.cutsAt(passing, "after")) outgoing.destroy();
        else outgoing.writeHead(response.statusCode ?? 502, response.headers).end(answer);
        return done();
      }
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      outgoing.flushHeaders();
      response.pipe(outgoing);
      done();
    };
    onward.on("error", () => {
      outgoing.destroy();
      done();
    });
    // What changes something is finished by whoever has got it, although nobody waits any more.
    if (!isCounted) outgoing.on("close", () => onward.destroy());
    onward.end(body);
  });
  if (isCounted) gate.track(answered);
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } catch {
    // The other side is gone: what came is what there is.
  }
  return Buffer.concat(chunks);
}

/** Of a transaction. */
function writesIn({ url = "" }: IncomingMessage, body: Buffer): readonly Write[] {
  if (!url.startsWith("/v1/txn")) return [];
  const operations = JSON.parse(body.toString()) as { readonly KV?: Write }[];
  return operations
    .flatMap(({ KV }) => KV ?? [])
    .filter(({ Verb = "" }) => !["get", "get-tree", "check-session"].includes(Verb));
}

/** Renewing a session, and asking whether it is still there, are done by the clock and change nothing. */
function changes({ method, url = "" }: IncomingMessage, writes: readonly Write[]): boolean {
  if (method === "GET" || method === "HEAD" || url.startsWith("/v1/session/renew/")) return false;
  return !url.startsWith("/v1/txn") || writes.length > 0;
}

/** Of the engine that the tests use. */
export function engineUpstream(host = process.env.DOCKER_HOST ?? ""): Upstream {
  const engine = new URL(host || "unix:///var/run/docker.sock");
  if (engine.protocol === "unix:") return { socketPath: engine.pathname };
  return { host: engine.hostname, port: Number(engine.port) };
}
