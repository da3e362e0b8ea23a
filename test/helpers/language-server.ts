import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";

const require = createRequire(import.meta.url);

export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/** A language server of YAML, as editors start it, over its standard input and output. */
export class LanguageServer implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers = new Map<number, (message: Message) => void>();
  readonly #diagnostics = new Map<string, (found: readonly Diagnostic[]) => void>();
  readonly #settings: object;
  #rest: Buffer = Buffer.alloc(0);
  #asked = 0;

  private constructor(settings: object) {
    this.#settings = settings;
    const server = join(dirname(require.resolve("yaml-language-server")), "server.js");
    this.#child = spawn(process.execPath, [server, "--stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** `settings`: of the editor, below `yaml`. */
  static async start(settings: object): Promise<LanguageServer> {
    const server = new LanguageServer(settings);
    const capabilities = {
      workspace: { configuration: true },
      textDocument: {
        publishDiagnostics: {},
        hover: { contentFormat: ["markdown"] },
        completion: { completionItem: { snippetSupport: true } },
      },
    };
    await server.ask("initialize", { processId: process.pid, rootUri: null, capabilities });
    server.#tell("initialized", {});
    server.#tell("workspace/didChangeConfiguration", { settings: { yaml: settings } });
    return server;
  }

  /** Opens a file, and answers what is wrong in it. */
  open(uri: string, text: string): Promise<readonly Diagnostic[]> {
    const found = new Promise<readonly Diagnostic[]>((done) => this.#diagnostics.set(uri, done));
    this.#tell("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    return found;
  }

  ask<T>(method: string, params: object): Promise<T> {
    const id = ++this.#asked;
    this.#send({ id, method, params });
    return new Promise((done, fail) => {
      this.#answers.set(id, ({ result, error }) => {
        if (error === undefined) done(result as T);
        else fail(new Error(JSON.stringify(error)));
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((done) => this.#child.once("close", done));
    await this.ask("shutdown", {});
    this.#tell("exit", {});
    await ended;
  }

  #tell(method: string, params: object): void {
    this.#send({ method, params });
  }

  #send(message: Message): void {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.#child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.#child.stdin.write(body);
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = this.#rest.indexOf("\r\n\r\n");
      const length = /Content-Length: (\d+)/i.exec(this.#rest.subarray(0, end).toString())?.[1];
      if (end === -1 || length === undefined) return;
      const next = end + 4 + Number(length);
      if (this.#rest.length < next) return;
      this.#take(JSON.parse(this.#rest.subarray(end + 4, next).toString()));
      this.#rest = this.#rest.subarray(next);
    }
  }

  #take({ id, method, params, ...answer }: Message): void {
    if (method === "textDocument/publishDiagnostics") {
      const { uri, diagnostics } = params as { uri: string; diagnostics: Diagnostic[] };
      this.#diagnostics.get(uri)?.(diagnostics);
    } else if (method === "workspace/configuration" && id !== undefined) {
      const { items } = params as { items: { section?: string }[] };
      this.#send({
        id,
        result: items.map(({ section }) => (section === "yaml" ? this.#settings : {})),
      });
    } else if (method !== undefined && id !== undefined) this.#send({ id, result: null });
    else if (id !== undefined) this.#answers.get(id)?.(answer);
  }
}
