import { AxonError } from "../../../errors.ts";
import { checkConfigKey } from "../../../keys/check-key.ts";
import type { KeyEdit } from "../../../keys/key-change.ts";
import { own } from "../../../own.ts";
import { nearest } from "../../../servicefile/nearest.ts";
import type { StoredKeys } from "../../../state/read-keys.ts";
import { changeKeys } from "../../change-keys.ts";
import type { Context } from "../../context.ts";
import type { LockOptions } from "../../take-lock.ts";
import { type KvOptions, withKeys } from "./place.ts";

export interface KvDeleteOptions extends KvOptions, LockOptions {
  readonly keys: readonly string[];
  /** The keys are beginnings of keys. */
  readonly prefix: boolean;
  readonly yes: boolean;
}

/** Removes keys; asks only where it was not said which ones. */
export async function runKvDelete(options: KvDeleteOptions, context: Context): Promise<number> {
  const { deployment, keys, prefix } = options;
  for (const key of keys) checkConfigKey(prefix ? key.replace(/\/$/, "") : key, deployment);
  return withKeys(options, context, (store) =>
    changeKeys(
      {
        ...options,
        store,
        command: `axon kv delete ${keys.length > 3 ? `(${keys.length} keys)` : keys.join(" ")}`,
        editsFor: prefix ? below(options) : exactly(options),
        asks: () => prefix,
      },
      context,
    ),
  );
}

type EditsFor = (known: StoredKeys) => readonly KeyEdit[];

function exactly({ deployment, keys }: KvDeleteOptions): EditsFor {
  return ({ config }) =>
    [...new Set(keys)].map((key) => {
      if (own(config, key) !== undefined) return { kind: "delete", key };
      const near = nearest(key, Object.keys(config));
      throw new AxonError("KEY_UNKNOWN", `${deployment} has no key ${key}`, {
        hint: near ? `Did you mean ${near}?` : `Look at: axon kv list -D ${deployment}`,
      });
    });
}

function below({ keys }: KvDeleteOptions): EditsFor {
  return ({ config }) =>
    Object.keys(config)
      .filter((key) => keys.some((beginning) => key.startsWith(beginning)))
      .map((key) => ({ kind: "delete", key }));
}
