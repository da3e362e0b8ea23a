import type { Duplex } from "node:stream";
import { linkedName } from "../engine/docker/read-link.ts";
import { type PipelineAnswer, pipeline, type Read } from "../http/pipeline.ts";
import { type Answers, digestForToken, seenDigest, type Texts, wholeDigest } from "./digest.ts";
import type { LastLook, LookedAtEngine, LookedAtFile, LookedAtStore } from "./last-look.ts";

/** What is asked, to see whether anything reads otherwise than it did. */
export interface Readers {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** undefined: there is no such file. */
  readFile(file: LookedAtFile): Promise<string | undefined>;
  /** Bytes; undefined: there is no such file. Rejects where it is no plain file. */
  sizeOf(path: string): Promise<number | undefined>;
  connectEngine(socket: string): Duplex;
  connectStore(host: string, port: number): Duplex;
  readonly signal: AbortSignal;
}

/** Whether all reads as it did then. false also where that cannot be found out. */
export async function readsTheSame(look: LastLook, readers: Readers): Promise<boolean> {
  const files = await readFiles(look.files, readers);
  if (files === undefined) return false;
  const engine = await readEngine(look.engine, readers);
  if (engine === undefined) return false;
  const env = new Map(look.env.map((name) => [name, readers.env[name]]));
  const { token } = look.store;
  const found = token && linkedName(engine.get(token.read)?.headers ?? {});
  const seen = seenDigest({ env, files, engine });
  // A token is not sent to where it would not be sent now.
  if (token !== undefined && digestForToken(seen, found ?? "") !== token.digest) return false;
  const store = await readStore(look.store, found, readers);
  return store !== undefined && wholeDigest(seen, store) === look.digest;
}

/** undefined: one of them is of another size. */
async function readFiles(
  files: readonly LookedAtFile[],
  { sizeOf, readFile }: Readers,
): Promise<Texts | undefined> {
  const sizes = await Promise.all(files.map(({ path }) => sizeOf(path)));
  if (files.some(({ size }, at) => size !== sizes[at])) return undefined;
  const texts = await Promise.all(files.map(readFile));
  return new Map(files.map(({ path }, at) => [path, texts[at]]));
}

const STALL_MILLISECONDS = 500;

const CONNECTIONS = { engine: 4, store: 2 };

/** undefined: not everything was answered. */
async function readEngine(
  { socket, reads }: LookedAtEngine,
  { connectEngine, signal }: Readers,
): Promise<Answers | undefined> {
  const connect = () => connectEngine(socket);
  return ask(reads, { connect, host: "docker", signal, connections: CONNECTIONS.engine });
}

async function readStore(
  { host, port, reads }: LookedAtStore,
  token: string | undefined,
  { connectStore, signal }: Readers,
): Promise<Answers | undefined> {
  return ask(reads, {
    connect: () => connectStore(host, port),
    host: `${host}:${port}`,
    headers: token === undefined ? {} : { "X-Consul-Token": token },
    signal,
    connections: CONNECTIONS.store,
  });
}

interface Asking {
  readonly connect: () => Duplex;
  readonly host: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly signal: AbortSignal;
}

/** undefined also where one of them is none that only reads, whoever wrote it there. */
async function ask(reads: readonly Read[], asking: Asking): Promise<Answers | undefined> {
  const { connections } = asking;
  if (!reads.every((read) => /^(GET|HEAD) \/[!-~]*$/.test(read))) return undefined;
  const lanes = Array.from({ length: connections }, (_, lane) =>
    reads.filter((_read, at) => at % connections === lane),
  );
  const told = await Promise.all(
    lanes
      .filter((lane) => lane.length > 0)
      .map(async (lane) => {
        const request = { ...asking, reads: lane, stallMilliseconds: STALL_MILLISECONDS };
        const answers = await pipeline(request);
        return lane.map((read, at): [Read, PipelineAnswer | undefined] => [read, answers[at]]);
      }),
  );
  const all = told.flat();
  const answered = all.filter((one): one is [Read, PipelineAnswer] => one[1] !== undefined);
  return answered.length === all.length ? new Map(answered) : undefined;
}
