import { AxonError } from "../../../errors.ts";
import type { Context } from "../../context.ts";
import { keysAsJson, renderKeys } from "../../output/keys.ts";
import { readConfiguration } from "../../read-configuration.ts";
import { type ShownOptions, withKeys } from "./place.ts";

export interface KvListOptions extends ShownOptions {
  /** Only keys that begin with it. */
  readonly prefix: string | undefined;
  readonly revision: number | undefined;
}

/** Prints keys and values; those that are not for showing only to a person who asks for them. */
export function runKvList(options: KvListOptions, context: Context): Promise<number> {
  const { prefix = "", json, showSensitive } = options;
  checkPerson(showSensitive, context);
  return withKeys(options, context, async (store) => {
    const { config, ...found } = await readConfiguration(store, options, context);
    const entries = Object.entries(config).filter(([key]) => key.startsWith(prefix));
    const listed = { ...found, config: Object.fromEntries(entries) };
    const shown = json
      ? keysAsJson(options, listed)
      : renderKeys(options, listed, { paint: context.palette, ...context.stdout });
    context.stdout.write(shown);
    return 0;
  });
}

/** What is written somewhere is read by others later. */
export function checkPerson(showSensitive: boolean, { stdout }: Context): void {
  if (!showSensitive || stdout.isTerminal) return;
  throw new AxonError("USAGE", "--show-sensitive is for a person at a terminal only", {
    hint: "For one value in a script: axon kv get KEY --show-sensitive",
  });
}
