import { resolve } from "node:path";
import { AxonError } from "../../../errors.ts";
import { renderKeysFile } from "../../../keys/keys-file.ts";
import { reveal, Secret } from "../../../secret.ts";
import type { Context } from "../../context.ts";
import { readConfiguration } from "../../read-configuration.ts";
import { unwritable } from "../../unwritable.ts";
import { type KvOptions, withKeys } from "./place.ts";

export interface KvExportOptions extends KvOptions {
  readonly format: "yaml" | "json";
  /** undefined: stdout. */
  readonly output: string | undefined;
  readonly force: boolean;
  /** With the values that are not for showing. */
  readonly showSensitive: boolean;
  readonly revision: number | undefined;
}

/** Writes all keys as a file that `axon kv import` reads. */
export function runKvExport(options: KvExportOptions, context: Context): Promise<number> {
  const { deployment, format, showSensitive } = options;
  return withKeys(options, context, async (store) => {
    const { config } = await readConfiguration(store, options, context);
    const open = Object.entries(config).flatMap(([key, text]) =>
      text instanceof Secret ? [] : [[key, text] as const],
    );
    const hidden = Object.entries(config).flatMap(([key, text]) =>
      text instanceof Secret ? [[key, showSensitive ? reveal(text) : undefined] as const] : [],
    );
    const file = {
      deployment,
      config: Object.fromEntries(open),
      sensitive: Object.fromEntries(hidden),
    };
    await write(renderKeysFile(file, format), options, context);
    if (hidden.length > 0 && !showSensitive) {
      const values =
        hidden.length === 1 ? "1 sensitive value is" : `${hidden.length} sensitive values are`;
      context.stderr.write(`note: ${values} left out; --show-sensitive puts them in\n`);
    }
    return 0;
  });
}

async function write(
  text: string,
  { output, force }: KvExportOptions,
  context: Context,
): Promise<void> {
  if (output === undefined) {
    context.stdout.write(text);
    return;
  }
  try {
    await context.writePrivate(resolve(context.cwd, output), text, !force);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") {
      const hint = "Give --force to write over it, or another name.";
      throw new AxonError("USAGE", `${output} is there already`, { hint, cause });
    }
    throw unwritable(output, cause);
  }
}
