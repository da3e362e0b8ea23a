import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import type { LockTask } from "./lock-process.ts";

export interface LockProcess {
  readonly pid: number;
  /** What it has said so far. */
  readonly lines: readonly string[];
  /** Resolves when it has said a line that begins so. */
  said(start: string): Promise<string>;
  readonly exited: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

export interface LockProcesses extends Disposable {
  start(task: LockTask): LockProcess;
}

/** Processes of their own that take the lock, write under it and release it. */
export async function openLockProcesses(): Promise<LockProcesses> {
  const directory = mkdtempSync(join(tmpdir(), "axon-lock-"));
  const script = join(directory, "lock-process.mjs");
  await build({
    entryPoints: ["test/helpers/lock-process.ts"],
    outfile: script,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    banner: {
      js: 'import{createRequire as axonRequire}from"node:module";const require=axonRequire(import.meta.url);',
    },
  });
  const started: LockProcess[] = [];
  return {
    start: (task) => {
      const process = startProcess(script, task);
      started.push(process);
      return process;
    },
    [Symbol.dispose]: () => {
      for (const process of started) process.kill("SIGKILL");
      rmSync(directory, { recursive: true });
    },
  };
}

function startProcess(script: string, task: LockTask): LockProcess {
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const exited = once(child, "close").then(([code]) => code as number | null);
  if (child.pid === undefined) throw new Error("the process could not be started");
  return {
    pid: child.pid,
    lines,
    exited,
    said: async (start) => {
      for (;;) {
        const found = lines.find((line) => line.startsWith(start));
        if (found !== undefined) return found;
        const ended = exited.then((code) => {
          throw new Error(`it ended with ${code} after: ${lines.join(", ")}`);
        });
        await Promise.race([once(reader, "line"), ended]);
      }
    },
    kill: (signal) => void child.kill(signal),
  };
}
