import { AxonError } from "../../../errors.ts";
import { checkConfigKey } from "../../../keys/check-key.ts";
import { own } from "../../../own.ts";
import { reveal, Secret } from "../../../secret.ts";
import { nearest } from "../../../servicefile/nearest.ts";
import type { Context } from "../../context.ts";
import { keyAsJson } from "../../output/keys.ts";
import { safeText } from "../../output/safe-text.ts";
import { type Configuration, readConfiguration } from "../../read-configuration.ts";
import { type ShownOptions, withKeys } from "./place.ts";

export interface KvGetOptions extends ShownOptions {
  readonly key: string;
  readonly revision: number | undefined;
}

/** Prints one value: to a program byte for byte, to a person with a line break and without control characters. */
export function runKvGet(options: KvGetOptions, context: Context): Promise<number> {
  const { deployment, key, json, showSensitive } = options;
  checkConfigKey(key, deployment);
  return withKeys(options, context, async (store) => {
    const found = await readConfiguration(store, options, context);
    const value = own(found.config, key);
    if (value === undefined) throw unknownKey(options, found);
    if (json) {
      context.stdout.write(keyAsJson(options, found));
      return 0;
    }
    if (value instanceof Secret && !showSensitive) throw sensitive(key);
    context.stdout.write(asPrinted(reveal(value), context));
    return 0;
  });
}

function asPrinted(text: string, { stdout }: Context): string {
  if (!stdout.isTerminal) return text;
  return safeText(text.endsWith("\n") ? text : `${text}\n`);
}

function unknownKey({ deployment, key, revision }: KvGetOptions, { config }: Configuration) {
  const near = nearest(key, Object.keys(config));
  const where = revision === undefined ? "" : ` at revision ${revision}`;
  return new AxonError("KEY_UNKNOWN", `${deployment} has no key ${key}${where}`, {
    hint: near ? `Did you mean ${near}?` : `Look at: axon kv list -D ${deployment}`,
  });
}

function sensitive(key: string): AxonError {
  return new AxonError("KEY_SENSITIVE", `the value of ${key} is not for showing`, {
    hint: "Give --show-sensitive to have it printed all the same.",
  });
}
