#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { isatty } from "node:tty";
import { runAt } from "../last-look/last-look.ts";
import { LookRecorder } from "../last-look/look-recorder.ts";
import { NO_CHANGES } from "../plan/render-text.ts";
import type { Context, Output } from "./context.ts";
import { createPalette } from "./output/palette.ts";
import { readText } from "./read-text.ts";
import { recorded } from "./recorded-context.ts";
import { reportFailure } from "./report-failure.ts";
import { version } from "./version.ts";

// `axon --version` was answered before this program was read: scripts/launcher.cjs.
void main(process.argv).then((exitCode) => {
  process.exitCode = exitCode;
});

async function main(argv: readonly string[]): Promise<number> {
  // The launcher says where what this run reads is to be kept: scripts/launcher.cjs.
  const { axonLook: place } = globalThis as { axonLook?: string };
  const recorder = place === undefined ? undefined : new LookRecorder();
  const context = createContext(argv, recorder);
  let exitCode = 0;
  try {
    const { createProgram } = await import("./program.ts");
    const finish = (code: number) => {
      exitCode = code;
    };
    await createProgram(context, { version, asked: argv[2] }, finish).parseAsync(argv);
    if (place !== undefined && exitCode === 0) await keep(place, recorder);
    return exitCode;
  } catch (problem) {
    return reportFailure(problem, context);
  }
}

async function keep(place: string, recorder: LookRecorder | undefined): Promise<void> {
  const look = recorder?.lookOf(runAt(place), NO_CHANGES);
  if (look === undefined) return;
  const { keepLook } = await import("../last-look/keep-look.ts");
  // Without it the next run takes longer, and no more than that.
  await keepLook(place, look, new Date()).catch(() => {});
}

function createContext(argv: readonly string[], recorder: LookRecorder | undefined): Context {
  const env = recorder?.env(process.env) ?? process.env;
  const { stop, abort } = listenForInterrupts();
  const colour = !argv.includes("--no-color") && !process.env.NO_COLOR;
  const context: Context = {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    env,
    cwd: process.cwd(),
    palette: createPalette(colour && isTerminal(process.stdout)),
    errorPalette: createPalette(colour && isTerminal(process.stderr)),
    isInteractive: isatty(0) && isTerminal(process.stderr),
    stop,
    abort,
    now: () => new Date(),
    random: () => randomBytes(32).toString("hex"),
    readFile: (path, within) => readText(path, { within, signal: stop }),
    readStdin: async () => (await import("./read-stdin.ts")).readStdin(process.stdin, stop),
    writePrivate: async (path, text, mustBeNew) => {
      const { writePrivate } = await import("./write-private.ts");
      return writePrivate(path, text, mustBeNew);
    },
    writeShared: (path, text, mayReplace) =>
      writeFile(path, text, { flag: mayReplace ? "w" : "wx" }),
    openEngine: async (flag) => {
      const { openEngine } = await import("./open-engine.ts");
      return openEngine(flag, env, recorder);
    },
    openStore: async (address, signal) => {
      const { openKvStore } = await import("../kv/open-kv-store.ts");
      return openKvStore(address, signal, recorder?.store(address));
    },
    readsElsewhere: () => {},
    confirm,
    ask,
  };
  return recorder ? recorded(context, recorder) : context;
}

function outputTo(stream: NodeJS.WriteStream): Output {
  // A reader that has gone away, such as `head`, is no failure of ours.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    write: (text) => stream.write(text),
    isTerminal: isTerminal(stream),
    columns: stream.columns ?? 80,
  };
}

function isTerminal(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env.TERM !== "dumb";
}

/** The first interrupt starts nothing more, the second ends what is in flight. */
function listenForInterrupts() {
  const stop = new AbortController();
  const abort = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) abort.abort(new Error("interrupted"));
    else stop.abort(new Error("interrupted"));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return { stop: stop.signal, abort: abort.signal };
}

async function confirm(question: string): Promise<boolean> {
  const answer = await ask(`${question} Only "yes" goes on: `);
  return answer?.trim().toLowerCase() === "yes";
}

async function ask(question: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // A terminal that is closed leaves the question open for ever.
    const closed = new Promise<undefined>((done) => terminal.once("close", () => done(undefined)));
    return await Promise.race([terminal.question(question), closed]);
  } catch {
    return undefined;
  } finally {
    terminal.close();
  }
}
