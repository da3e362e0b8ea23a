import { AxonError, AxonErrors, ERROR_SPECS } from "../errors.ts";
import type { Context } from "./context.ts";

/** Tells a failure on stderr and answers the exit code. Only defects of Axon itself show a stack. */
export async function reportFailure(problem: unknown, context: Context): Promise<number> {
  if (isCommanderExit(problem)) return problem.exitCode === 0 ? 0 : ERROR_SPECS.USAGE.exitCode;
  const { stderr, errorPalette } = context;
  if (problem instanceof AxonError || problem instanceof AxonErrors) {
    const { formatError } = await import("./output/format-error.ts");
    const sources = await readSources(problem, context);
    stderr.write(`${formatError(problem, (file) => sources.get(file), errorPalette)}\n`);
    return problem.exitCode;
  }
  if (context.stop.aborted) {
    stderr.write("interrupted before anything was changed\n");
    return ERROR_SPECS.INTERRUPTED.exitCode;
  }
  const detail = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
  stderr.write(`error INTERNAL: this is a defect in Axon, please report it\n${detail}\n`);
  return ERROR_SPECS.INTERNAL.exitCode;
}

/** Commander has written its own message already. */
function isCommanderExit(problem: unknown): problem is { readonly exitCode: number } {
  return (
    problem instanceof Error &&
    String((problem as { code?: unknown }).code).startsWith("commander.")
  );
}

async function readSources(
  problem: AxonError | AxonErrors,
  { readFile, cwd }: Context,
): Promise<ReadonlyMap<string, string>> {
  const { resolve } = await import("node:path");
  const errors = problem instanceof AxonErrors ? problem.errors : [problem];
  const files = [...new Set(errors.flatMap(({ at }) => at?.file ?? []))];
  const texts = await Promise.all(
    files.map(async (file): Promise<[string, string][]> => {
      const text = await readFile(resolve(cwd, file)).catch(() => undefined);
      return text === undefined ? [] : [[file, text]];
    }),
  );
  return new Map(texts.flat());
}
