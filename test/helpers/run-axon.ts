import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { untilReady } from "./until-ready.ts";

const AXON = resolve("dist/axon.js");

export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A command that has been started. What it wrote can be waited for while it runs. */
export interface Running {
  readonly ended: Promise<Run>;
  /** Resolves when the text has been written, on either stream; rejects when the command ends without it. */
  seen(text: string): Promise<void>;
  type(text: string): void;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when no signal waits any more to be taken; two of the same that wait are one. */
  signalsTaken(): Promise<void>;
}

/** Runs the built command with pipes for all its streams. */
export function startAxon(args: readonly string[], { cwd, env }: Place): Running {
  const child = spawn(process.execPath, [AXON, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  child.stdin.end();
  return follow(child);
}

/**
 * Runs the built command on a terminal of its own; both of its streams come out as stdout, unless
 * `stdoutTo` names a file for its own stdout.
 */
export function startOnTerminal(
  args: readonly string[],
  { cwd, env, stdoutTo }: Place & { readonly stdoutTo?: string },
): Running {
  const words = [process.execPath, AXON, ...args].map(quote).join(" ");
  const command = stdoutTo === undefined ? words : `${words} >${quote(stdoutTo)}`;
  const { NO_COLOR: _, ...inherited } = process.env;
  const child = spawn("script", ["-qefc", `stty cols 120 rows 40; ${command}`, "/dev/null"], {
    cwd,
    env: { ...inherited, TERM: "xterm", SHELL: "/bin/sh", ...env },
  });
  return follow(child);
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function follow(child: ChildProcess): Running {
  const texts = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  let hasEnded = false;
  const wake = () => {
    for (const check of waiting) check();
  };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
      wake();
    });
  }
  const ended = new Promise<Run>((done, fail) => {
    child.once("error", fail);
    child.once("close", (exitCode) => {
      hasEnded = true;
      wake();
      done({ exitCode, ...texts });
    });
  });
  return {
    ended,
    seen: (text) =>
      new Promise((done, fail) => {
        const check = () => {
          const isThere = texts.stdout.includes(text) || texts.stderr.includes(text);
          if (!isThere && !hasEnded) return;
          waiting.delete(check);
          if (isThere) done();
          else fail(new Error(`never wrote "${text}":\n${texts.stdout}\n${texts.stderr}`));
        };
        waiting.add(check);
        check();
      }),
    type: (text) => child.stdin?.write(text),
    signal: (signal) => child.kill(signal),
    signalsTaken: async () => {
      await untilReady(
        async () => !hasPendingSignals(child.pid),
        () => hasEnded,
      );
    },
  };
}

function hasPendingSignals(pid: number | undefined): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^ShdPnd:\s*0+$/m.test(readFileSync(status, "utf8"));
}
