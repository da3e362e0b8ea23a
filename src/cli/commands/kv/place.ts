import type { KvStore } from "../../../kv/kv-store.ts";
import type { Context } from "../../context.ts";
import { checkDeploymentName } from "../../load-servicefile.ts";
import { type PlaceOptions, withStoreAlone } from "../../with-store.ts";

export interface KvOptions extends PlaceOptions {
  readonly deployment: string;
}

export interface ShownOptions extends KvOptions {
  readonly json: boolean;
  /** Print also what is not for showing. */
  readonly showSensitive: boolean;
}

export function withKeys(
  options: KvOptions,
  context: Context,
  use: (store: KvStore) => Promise<number>,
): Promise<number> {
  checkDeploymentName(options.deployment);
  return withStoreAlone(options, context, use);
}
