import type { LookRecorder } from "../last-look/look-recorder.ts";
import type { Context, Output } from "./context.ts";

/** The same, where all that is read is noted; what the engine and the store tell, they note themselves. */
export function recorded(context: Context, recorder: LookRecorder): Context {
  const spoiling =
    <T extends unknown[], R>(call: (...args: T) => R) =>
    (...args: T): R => {
      recorder.spoil();
      return call(...args);
    };
  return {
    ...context,
    stdout: writing(context.stdout, (text) => recorder.wrote(text)),
    stderr: writing(context.stderr, () => recorder.spoil()),
    now: spoiling(context.now),
    random: spoiling(context.random),
    readStdin: spoiling(context.readStdin),
    writePrivate: spoiling(context.writePrivate),
    writeShared: spoiling(context.writeShared),
    readsElsewhere: () => recorder.spoil(),
    confirm: spoiling(context.confirm),
    ask: spoiling(context.ask),
    readFile: async (path, within) => {
      const text = await context.readFile(path, within).catch((problem: unknown) => {
        if (isMissing(problem)) recorder.file(path, undefined, within);
        else recorder.spoil();
        throw problem;
      });
      recorder.file(path, text, within);
      return text;
    },
  };
}

function writing(output: Output, note: (text: string) => void): Output {
  return {
    ...output,
    write: (text) => {
      note(text);
      return output.write(text);
    },
  };
}

function isMissing(problem: unknown): boolean {
  return (problem as NodeJS.ErrnoException).code === "ENOENT";
}
