import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { untilReady } from "./until-ready.ts";

export interface ServerProgram {
  readonly command: string;
  readonly flags: readonly string[];
  readonly logFile: string;
  readonly isReady: () => Promise<boolean>;
}

const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** A server of this machine, which ends with the tests at the latest. */
export async function startServer(program: ServerProgram): Promise<ChildProcess> {
  const { command, flags, logFile, isReady } = program;
  const log = openSync(logFile, "a");
  const child = spawn(command, flags, { stdio: ["ignore", log, log] });
  closeSync(log);
  running.add(child);
  child.once("exit", () => running.delete(child));
  const hasEnded = () => child.exitCode !== null || child.pid === undefined;
  if (await untilReady(isReady, hasEnded)) return child;
  child.kill("SIGKILL");
  throw new Error(`${command} did not start:\n${readFileSync(logFile, "utf8")}`);
}

/** At once: a store keeps what it has answered for when it is killed, as it must. */
export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
