import { AxonError } from "../../../errors.ts";
import { checkConfigKey, checkConfigValue } from "../../../keys/check-key.ts";
import type { KeyEdit } from "../../../keys/key-change.ts";
import { own } from "../../../own.ts";
import type { StoredKeys } from "../../../state/read-keys.ts";
import { changeKeys } from "../../change-keys.ts";
import type { Context } from "../../context.ts";
import { readValue } from "../../read-value.ts";
import type { LockOptions } from "../../take-lock.ts";
import { type KvOptions, withKeys } from "./place.ts";

export interface KvPutOptions extends KvOptions, LockOptions {
  readonly key: string;
  /** The value, `@FILE`, or `-` for stdin. */
  readonly value: string;
  /** Mark it as not for showing. */
  readonly sensitive: boolean;
  /** Only where the store's stamp of the key is this one; "0": only where there is none. */
  readonly cas: string | undefined;
}

/** Writes one key. */
export async function runKvPut(options: KvPutOptions, context: Context): Promise<number> {
  const { deployment, key, sensitive } = options;
  checkConfigKey(key, deployment);
  const value = await readValue(options.value, context);
  checkConfigValue(key, value);
  if (value.endsWith("\n") && value.indexOf("\n") === value.length - 1)
    context.stderr.write("note: the value ends with a line break\n");
  const edit: KeyEdit = { kind: "put", key, value, sensitive };
  return withKeys(options, context, (store) =>
    changeKeys(
      {
        ...options,
        store,
        command: `axon kv put ${key}`,
        editsFor: (known) => {
          checkStamp(options, known);
          return [edit];
        },
        asks: () => false,
        yes: true,
      },
      context,
    ),
  );
}

function checkStamp({ key, cas }: KvPutOptions, { stamps }: StoredKeys): void {
  const stamp = own(stamps, key);
  if (cas === undefined || (stamp ?? "0") === cas) return;
  const is = stamp === undefined ? "is not there" : `has version ${stamp}`;
  throw new AxonError("KEY_CHANGED", `${key} ${is}, and not version ${cas}`, {
    hint: `Look at it: axon kv get ${key} --json`,
  });
}
