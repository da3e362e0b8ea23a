import type { KeyEdit } from "../../../keys/key-change.ts";
import { parseKeysFile } from "../../../keys/keys-file.ts";
import type { StoredKeys } from "../../../state/read-keys.ts";
import { changeKeys } from "../../change-keys.ts";
import type { Context } from "../../context.ts";
import { readInput } from "../../read-value.ts";
import type { LockOptions } from "../../take-lock.ts";
import { type KvOptions, withKeys } from "./place.ts";

export interface KvImportOptions extends KvOptions, LockOptions {
  /** `-`: stdin. */
  readonly from: string;
  /** Remove the keys that the file does not name. */
  readonly prune: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** Makes the keys what a file says. Asks where it would overwrite or remove any. */
export async function runKvImport(options: KvImportOptions, context: Context): Promise<number> {
  const { deployment, from, prune } = options;
  const text = await readInput(from, context);
  const file = from === "-" ? "stdin" : from;
  const { edits, names } = parseKeysFile({ file, text, deployment });
  const unnamed = ({ config }: StoredKeys) =>
    Object.keys(config)
      .filter((key) => !names.includes(key))
      .map((key): KeyEdit => ({ kind: "delete", key }));
  return withKeys(options, context, (store) =>
    changeKeys(
      {
        ...options,
        store,
        command: `axon kv import${prune ? " --prune" : ""}`,
        editsFor: (known) => (prune ? [...edits, ...unnamed(known)] : edits),
        asks: (changes) => changes.some(({ action }) => action !== "create"),
      },
      context,
    ),
  );
}
