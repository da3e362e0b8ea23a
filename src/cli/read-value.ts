import { resolve } from "node:path";
import { AxonError } from "../errors.ts";
import type { Context } from "./context.ts";
import { unreadable } from "./unreadable.ts";

/** `-` is stdin, `@FILE` a file, `@@x` the text `@x`; everything else is the value itself. */
export async function readValue(argument: string, context: Context): Promise<string> {
  if (argument === "-") return readStdin(context);
  if (argument.startsWith("@@")) return argument.slice(1);
  if (!argument.startsWith("@")) return argument;
  const file = argument.slice(1);
  if (file === "") throw new AxonError("USAGE", "no file is named after @");
  return readNamed(file, context);
}

/** `-` is stdin. */
export function readInput(file: string, context: Context): Promise<string> {
  return file === "-" ? readStdin(context) : readNamed(file, context);
}

function readNamed(file: string, context: Context): Promise<string> {
  return context.readFile(resolve(context.cwd, file)).catch((cause: unknown) => {
    throw unreadable(file, { cause });
  });
}

function readStdin(context: Context): Promise<string> {
  return context.readStdin().catch((cause: unknown) => {
    throw unreadable("stdin", { cause });
  });
}
