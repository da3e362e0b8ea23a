import { AxonError } from "../../../errors.ts";
import { checkConfigKey } from "../../../keys/check-key.ts";
import type { KvStore } from "../../../kv/kv-store.ts";
import { own } from "../../../own.ts";
import { reveal, type Text } from "../../../secret.ts";
import { readKeys } from "../../../state/read-keys.ts";
import { isNoRevision, listRevisions, readRevision } from "../../../state/revisions.ts";
import type { Context } from "../../context.ts";
import { openHiding, tellDoubt } from "../../hide-keys.ts";
import { type KeyMoment, keyHistoryAsJson, renderKeyHistory } from "../../output/key-history.ts";
import { asKnown } from "../../read-configuration.ts";
import { checkPerson } from "./list.ts";
import { type ShownOptions, withKeys } from "./place.ts";

export interface KvHistoryOptions extends ShownOptions {
  readonly key: string;
}

/** Prints what a key was, from revision to revision, the newest first. */
export function runKvHistory(options: KvHistoryOptions, context: Context): Promise<number> {
  const { deployment, key, json, showSensitive } = options;
  checkConfigKey(key, deployment);
  checkPerson(showSensitive, context);
  return withKeys(options, context, async (store) => {
    const moments = await momentsOf(store, options, context);
    if (moments.length === 0) {
      throw new AxonError("KEY_UNKNOWN", `${deployment} has, and had, no key ${key}`, {
        hint: `Look at: axon kv list -D ${deployment}`,
      });
    }
    const text = json
      ? keyHistoryAsJson(options, moments)
      : renderKeyHistory(moments, options, { paint: context.palette, ...context.stdout });
    context.stdout.write(text);
    return 0;
  });
}

/** The revisions in which it is another one than before, and now. */
async function momentsOf(
  store: KvStore,
  { deployment, key }: KvHistoryOptions,
  context: Context,
): Promise<readonly KeyMoment[]> {
  const signal = context.stop;
  const known = await readKeys(store, deployment, signal);
  const hiding = await openHiding(store, { deployment, known }, signal);
  tellDoubt(hiding, context);
  const { hide } = hiding;
  const { records } = await listRevisions(store, deployment, signal);
  const read = records.toReversed().map(async ({ number }) => {
    const stored = await readRevision(store, { deployment, number }, signal).catch(leaveOut);
    return stored?.config && { record: stored.record, config: hide(asKnown(stored.config, known)) };
  });
  const kept = (await Promise.all(read)).filter((one) => one !== undefined);
  const moments = kept.map(({ record, config }) => ({ record, value: own(config, key) }));
  const now = { record: undefined, value: own(hide(known.config), key) };
  const all = [...moments, now];
  return all.filter(({ value }, index) => !isSame(value, all[index - 1]?.value)).toReversed();
}

function leaveOut(problem: unknown): undefined {
  if (!isNoRevision(problem)) throw problem;
}

function isSame(a: Text | undefined, b: Text | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return reveal(a) === reveal(b);
}
