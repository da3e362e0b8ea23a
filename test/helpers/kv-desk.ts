import type { Context } from "../../src/cli/context.ts";
import { createKv } from "../../src/cli/kv-program.ts";
import { createPalette } from "../../src/cli/output/palette.ts";
import type { KvStore } from "../../src/kv/kv-store.ts";
import { FakeEngine } from "./fake-engine.ts";
import { MemoryKvStore } from "./memory-kv.ts";

export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface DeskOptions {
  /** What a person answers; undefined: there is none. */
  readonly answer?: boolean;
  readonly columns?: number;
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Seen by the command in place of the store. */
  readonly through?: (store: KvStore) => KvStore;
}

/** Where the command is run: in a file system that the desk makes up. */
const DIRECTORY = "/desk";

/** Runs `axon kv` on a store in memory. */
export class KvDesk {
  readonly store: MemoryKvStore;
  readonly #deployment: string;
  #minute = 0;

  constructor(keys: Readonly<Record<string, string>> = {}, deployment = "shop") {
    this.#deployment = deployment;
    const entries = Object.entries(keys).map(([key, value]) => [this.path(key), value]);
    this.store = new MemoryKvStore(Object.fromEntries(entries));
  }

  path(key: string): string {
    return `axon/${this.#deployment}/config/${key}`;
  }

  /** What is below config/. */
  keys(): Record<string, string> {
    const root = this.path("");
    const entries = Object.entries(this.store.entries());
    const below = entries.filter(([key]) => key.startsWith(root));
    return Object.fromEntries(below.map(([key, value]) => [key.slice(root.length), value]));
  }

  /** Rejects with what the command throws. */
  async kv(words: readonly string[], options: DeskOptions = {}): Promise<Said> {
    const texts = { stdout: "", stderr: "" };
    let exitCode = -1;
    const context = this.#context(texts, options);
    const finish = (code: number) => {
      exitCode = code;
    };
    const command = createKv(context, finish).exitOverride();
    const place = ["-D", this.#deployment, "--kv", "consul://127.0.0.1:8500"];
    await command.parseAsync([...words, ...place], { from: "user" });
    return { exitCode, ...texts };
  }

  #context(texts: { stdout: string; stderr: string }, options: DeskOptions): Context {
    const { answer, columns, files = {}, stdin = "", through = (store) => store } = options;
    const output = (name: keyof typeof texts) => ({
      isTerminal: columns !== undefined,
      columns: columns ?? 80,
      write: (text: string) => {
        texts[name] += text;
      },
    });
    const quiet = new AbortController().signal;
    const kept = through(this.store);
    const open = new Proxy(kept, {
      get: (target, name) => {
        if (name === "close") return async () => {};
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    return {
      cwd: DIRECTORY,
      env: { AXON_USER: "ana" },
      stdout: output("stdout"),
      stderr: output("stderr"),
      palette: createPalette(false),
      errorPalette: createPalette(false),
      isInteractive: answer !== undefined,
      stop: quiet,
      abort: quiet,
      now: () => new Date(Date.UTC(2026, 10, 21, 12, this.#minute++)),
      random: () => "0".repeat(64),
      readFile: async (path: string) => {
        const text = files[path.replace(`${DIRECTORY}/`, "")];
        if (text === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
        return text;
      },
      readStdin: async () => stdin,
      openEngine: async () => new FakeEngine(),
      openStore: async () => open,
      confirm: async () => answer === true,
      ask: async () => undefined,
    } as unknown as Context;
  }
}
