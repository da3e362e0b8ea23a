import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { EngineConnection } from "./engine-address.ts";

type SshConnection = Extract<EngineConnection, { kind: "ssh" }>;

/** A connection to the engine of another machine, made the way the docker command makes it. */
export class SshSocket extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #complaint = "";

  constructor(connection: SshConnection) {
    super();
    this.#child = spawn("ssh", sshArguments(connection));
    this.#child.stdout.on("data", (chunk) => {
      if (!this.push(chunk)) this.#child.stdout.pause();
    });
    this.#child.stderr.on("data", (chunk) => {
      this.#complaint = `${this.#complaint}${chunk}`.slice(-1000);
    });
    this.#child.stdin.on("error", () => {});
    this.#child.on("error", (error) => this.destroy(error));
    this.#child.on("close", (code) => this.#ended(code));
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.#child.stdin.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    for (const pipe of this.#pipes()) pipe.destroy();
    this.#child.kill();
    this.#child.unref();
    done(error);
  }

  /** What node's HTTP agent expects of a socket, and a pipe does not have. */
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    this.#child.ref();
    for (const pipe of this.#pipes()) pipe.ref();
    return this;
  }

  unref(): this {
    this.#child.unref();
    for (const pipe of this.#pipes()) pipe.unref();
    return this;
  }

  /** They are sockets, whatever their type says. */
  #pipes(): Socket[] {
    const { stdin, stdout, stderr } = this.#child;
    return [stdin, stdout, stderr] as unknown as Socket[];
  }

  #ended(code: number | null): void {
    if (code === 0 || this.destroyed) this.push(null);
    else this.destroy(new Error(this.#complaint.trim() || `ssh ended with code ${code}`));
  }
}

function sshArguments({ host, port, user }: SshConnection): string[] {
  return [
    ...["-o", "ConnectTimeout=15", "-T"],
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...["--", host, "docker", "system", "dial-stdio"],
  ];
}
