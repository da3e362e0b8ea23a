import type { LiveStore } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import { configKey, encodeOwnedConfig, ownedConfigKey } from "../store-layout.ts";
import { hasDrifted, NOT_THERE_YET, type Previous } from "./drift.ts";
import { attributeOf, compareText, NOTHING, type Piece } from "./piece.ts";
import type { Change, StoreWrite } from "./plan.ts";
import { textDelta } from "./text-delta.ts";
import { UNWANTED } from "./unwanted.ts";

/**
 * Keys that the file names are written and, once it names them no more, removed. Keys that somebody
 * else wrote are left alone.
 */
export function planConfig(model: Model, store: LiveStore, previous: Previous): Piece {
  const wanted = Object.keys(model.config);
  // What an image has generated otherwise stays, although the file names it no more.
  const dropped = store.ownedConfig.filter(
    (key) => own(model.config, key) === undefined && own(model.generatedConfig, key) === undefined,
  );
  const changes = [...wanted, ...dropped]
    .sort(compareText)
    .flatMap((key) => keyChange(key, { model, store, previous }));
  if (changes.length === 0) return NOTHING;
  return {
    changes,
    operations: [
      {
        id: "store.write:config",
        kind: "store.write",
        writes: [...changes.flatMap((change) => keyWrite(change, model)), ownedWrite(model)],
        after: [],
        change: changes[0]?.address,
        alsoFor: changes.slice(1).map(({ address }) => address),
      },
    ],
  };
}

interface KeyContext {
  readonly model: Model;
  readonly store: LiveStore;
  readonly previous: Previous;
}

function keyChange(key: string, { model, store, previous }: KeyContext): Change[] {
  const drift = hasDrifted(own(previous?.config, key), own(store.config, key));
  const wanted = own(model.config, key);
  const delta = textDelta(key, own(store.config, key), wanted);
  const isOwned = store.ownedConfig.includes(key);
  if (delta === undefined && isOwned && wanted !== undefined) return [];
  const [action, cause] = keyAction({
    isWanted: wanted !== undefined,
    isThere: own(store.config, key) !== undefined,
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

function keyAction(state: { isWanted: boolean; isThere: boolean; differs: boolean }) {
  if (!state.isWanted) return ["remove", UNWANTED] as const;
  if (!state.isThere) return ["create", NOT_THERE_YET] as const;
  return state.differs
    ? (["update", "the value differs"] as const)
    : (["adopt", "already there with this value"] as const);
}

function keyWrite({ name }: Change, model: Model): StoreWrite[] {
  const key = configKey(model.deployment, name);
  const value = own(model.config, name);
  return [value === undefined ? { kind: "delete", key } : { kind: "put", key, value }];
}

function ownedWrite(model: Model): StoreWrite {
  return {
    kind: "put",
    key: ownedConfigKey(model.deployment),
    value: encodeOwnedConfig(model.config),
  };
}
