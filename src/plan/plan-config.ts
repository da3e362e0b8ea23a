import type { LiveStore } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import { looksSecret, Secret, type Text } from "../secret.ts";
import {
  configKey,
  encodeOwnedConfig,
  encodeSensitiveKeys,
  ownedConfigKey,
  sensitiveKeysKey,
} from "../store-layout.ts";
import { absenceOf, hasDrifted, type Previous } from "./drift.ts";
import { attributeOf, compareText, NOTHING, type Piece } from "./piece.ts";
import type { Change, StoreWrite } from "./plan.ts";
import { textDelta } from "./text-delta.ts";
import { UNWANTED } from "./unwanted.ts";

/**
 * Keys that the file names are written and, once it names them no more, removed. Keys that somebody
 * else wrote are left alone.
 */
export function planConfig(
  model: Model,
  store: LiveStore,
  { previous, restored = {} }: ConfigHistory,
): Piece {
  const wanted = [...Object.keys(model.config), ...Object.keys(restored)];
  // What an image has generated otherwise stays, although the file names it no more.
  const dropped = store.ownedConfig.filter(
    (key) => own(model.config, key) === undefined && own(model.generatedConfig, key) === undefined,
  );
  const changes = [...new Set([...wanted, ...dropped])]
    .sort(compareText)
    .flatMap((key) => keyChange(key, { model, store, previous, restored }));
  if (changes.length === 0) return NOTHING;
  return {
    changes,
    operations: [
      {
        id: "store.write:config",
        kind: "store.write",
        writes: [
          // First: in a store that takes it in parts, no secret is there without its mark.
          ...markWrite(store, { model, restored }),
          ...changes.flatMap((change) => keyWrite(change, { model, restored })),
          ownedWrite(model),
        ],
        after: [],
        change: changes[0]?.address,
        alsoFor: changes.slice(1).map(({ address }) => address),
      },
    ],
  };
}

export interface ConfigHistory {
  readonly previous: Previous;
  /** Keys that are not the file's and go back to what they were; undefined: to not being there. */
  readonly restored?: Readonly<Record<string, Text | undefined>> | undefined;
}

interface Wanted {
  readonly model: Model;
  readonly restored: Readonly<Record<string, Text | undefined>>;
}

interface KeyContext extends Wanted {
  readonly store: LiveStore;
  readonly previous: Previous;
}

function wantedValue(key: string, { model, restored }: Wanted): Text | undefined {
  return own(model.config, key) ?? own(restored, key);
}

function keyChange(key: string, { store, previous, ...wish }: KeyContext): Change[] {
  const written = own(previous?.config, key);
  const there = own(store.config, key);
  const wanted = wantedValue(key, wish);
  const delta = textDelta(key, there, wanted);
  const isOwned = store.ownedConfig.includes(key);
  const isRestored = own(wish.model.config, key) === undefined && Object.hasOwn(wish.restored, key);
  const isSettled = isRestored ? !isUnmarked(key, store, wish) : isOwned && wanted !== undefined;
  if (delta === undefined && isSettled) return [];
  // Of what is made again, the cause says it.
  const drift = there !== undefined && hasDrifted(written, there);
  const [action, cause] = keyAction({
    isWanted: wanted !== undefined,
    isThere: there !== undefined,
    wasMade: written !== undefined,
    differs: delta !== undefined,
  });
  return [
    {
      address: `config.${key}`,
      resource: "config",
      name: key,
      action,
      cause,
      section: { kind: "foundation" },
      attributes: delta === undefined ? [] : [attributeOf({ ...delta, path: "value" }, { drift })],
      unchanged: 0,
    },
  ];
}

interface KeyState {
  readonly isWanted: boolean;
  readonly isThere: boolean;
  readonly wasMade: boolean;
  readonly differs: boolean;
}

function keyAction(state: KeyState) {
  if (!state.isWanted) return ["remove", UNWANTED] as const;
  if (!state.isThere) return ["create", absenceOf(state.wasMade)] as const;
  return state.differs
    ? (["update", "the value differs"] as const)
    : (["adopt", "already there with this value"] as const);
}

function keyWrite({ name }: Change, wish: Wanted): StoreWrite[] {
  const key = configKey(wish.model.deployment, name);
  const value = wantedValue(name, wish);
  return [value === undefined ? { kind: "delete", key } : { kind: "put", key, value }];
}

/** What was not for showing is not for showing again, although neither its name nor the file says so. */
function isUnmarked(key: string, { sensitiveKeys }: LiveStore, { model, restored }: Wanted) {
  const isSecret = own(restored, key) instanceof Secret && !looksSecret(key);
  return isSecret && own(model.config, key) === undefined && !sensitiveKeys.includes(key);
}

function markWrite(store: LiveStore, wish: Wanted): StoreWrite[] {
  const unmarked = Object.keys(wish.restored).filter((key) => isUnmarked(key, store, wish));
  if (unmarked.length === 0) return [];
  const value = encodeSensitiveKeys([...store.sensitiveKeys, ...unmarked]);
  return [{ kind: "put", key: sensitiveKeysKey(wish.model.deployment), value }];
}

function ownedWrite(model: Model): StoreWrite {
  return {
    kind: "put",
    key: ownedConfigKey(model.deployment),
    value: encodeOwnedConfig(model.config),
  };
}
