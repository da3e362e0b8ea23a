import type { EngineConnection } from "../engine/docker/engine-address.ts";
import { linkedName } from "../engine/docker/read-link.ts";
import type { Read } from "../http/pipeline.ts";
import type { Answer, Watcher } from "../http/watcher.ts";
import type { StoreAddress } from "../kv/store-address.ts";
import { digestForToken, seenDigest, wholeDigest } from "./digest.ts";
import { FORMAT, type LastLook, type LookedAtFile } from "./last-look.ts";
import { steady } from "./steady.ts";

/** Notes all that a run reads. Whatever could not be read the same way again spoils it: nothing is kept then. */
export class LookRecorder {
  readonly #env = new Map<string, string | undefined>();
  readonly #files = new Map<string, RecordedFile>();
  readonly #engine = new Place<string>();
  readonly #store = new Place<StorePlace>();
  #says = "";
  #isSpoilt = false;

  wrote(text: string): void {
    this.#says += text;
  }

  spoil(): void {
    this.#isSpoilt = true;
  }

  /** The same variables, of which each is noted when it is asked for. */
  env(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const note = (name: string | symbol) => {
      if (typeof name === "string") this.variable(name, env[name]);
    };
    return new Proxy(env, {
      get: (target, name) => {
        note(name);
        return Reflect.get(target, name);
      },
      has: (target, name) => {
        note(name);
        return Reflect.has(target, name);
      },
      getOwnPropertyDescriptor: (target, name) => {
        note(name);
        return Reflect.getOwnPropertyDescriptor(target, name);
      },
      ownKeys: (target) => {
        this.spoil();
        return Reflect.ownKeys(target);
      },
    });
  }

  variable(name: string, value: string | undefined): void {
    this.#env.set(name, value);
  }

  /** `text`: undefined where there is no such file. */
  file(path: string, text: string | undefined, within?: string): void {
    const known = this.#files.get(path);
    const isOther = known !== undefined && (known.text !== text || known.within !== within);
    if (isOther || !isRegular(path)) this.spoil();
    this.#files.set(path, { text, within });
  }

  engine(connection: EngineConnection): Watcher {
    if (connection.kind !== "socket") return this.#spoiling();
    return this.#watch(this.#engine, connection.path);
  }

  store(address: StoreAddress): Watcher {
    // In others the right to register is asked for, by a request with a body.
    if (address.kind !== "consul" || !address.isManaged || address.secure) return this.#spoiling();
    const { host, port, token } = address;
    return this.#watch(this.#store, { host, port, token: token?.reveal() });
  }

  /** What the run has read, if it wrote this and nothing else; undefined: it cannot be read again as it was. */
  lookOf(run: string, says: string): LastLook | undefined {
    const { is: socket, answers: engine } = this.#engine;
    const { is: place, answers: told } = this.#store;
    if (this.#isSpoilt || this.#says !== says) return undefined;
    if (socket === undefined || place === undefined) return undefined;
    const { token, ...endpoint } = place;
    const files = new Map([...this.#files].map(([path, { text }]) => [path, text]));
    const seen = seenDigest({ env: this.#env, files, engine });
    const read = token === undefined ? undefined : this.#readThatTold(token);
    if (token !== undefined && read === undefined) return undefined;
    return {
      format: FORMAT,
      run,
      says,
      env: [...this.#env.keys()],
      files: [...this.#files].map(lookedAt),
      engine: { socket, reads: [...engine.keys()] },
      store: {
        ...endpoint,
        token: token && read ? { read, digest: digestForToken(seen, token) } : undefined,
        reads: [...told.keys()],
      },
      digest: wholeDigest(seen, told),
    };
  }

  #readThatTold(token: string): Read | undefined {
    const links = [...this.#engine.answers].filter(([read]) => read.startsWith("HEAD "));
    return links.find(([, { headers }]) => linkedName(headers) === token)?.[0];
  }

  #watch<T>(place: Place<T>, is: T): Watcher {
    if (!place.isAt(is)) this.spoil();
    return {
      read: (read, answer) => {
        if (this.#isSpoilt) return;
        const known = place.answers.get(read);
        if (known !== undefined && steady(read, known) !== steady(read, answer)) this.spoil();
        place.answers.set(read, answer);
      },
      other: () => this.spoil(),
    };
  }

  #spoiling(): Watcher {
    this.spoil();
    return { read: () => {}, other: () => {} };
  }
}

interface RecordedFile {
  readonly text: string | undefined;
  readonly within: string | undefined;
}

interface StorePlace {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
}

/** The one place of its kind, and what was read there. */
class Place<T> {
  readonly answers = new Map<Read, Answer>();
  is: T | undefined;

  /** false: it is known to be elsewhere. */
  isAt(is: T): boolean {
    this.is ??= is;
    return JSON.stringify(this.is) === JSON.stringify(is);
  }
}

/** What is a pipe of the run itself can be read once only. */
function isRegular(path: string): boolean {
  return !/^\/(dev|proc)\//.test(path);
}

function lookedAt([path, { text, within }]: readonly [string, RecordedFile]): LookedAtFile {
  return { path, within, size: text === undefined ? undefined : Buffer.byteLength(text) };
}
