import type { LiveStore } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import type { Secret } from "../secret.ts";
import { configKey, generatedRoot } from "../store-layout.ts";
import { NOT_THERE_YET } from "./drift.ts";
import { compareText, NOTHING, type Piece } from "./piece.ts";
import type { Change } from "./plan.ts";

/** A generated value is written once. It is never changed, and not removed when the file names it no more. */
export function planGenerated(model: Model, store: LiveStore): Piece {
  const missing = missingOf(model, store);
  if (missing.length === 0) return NOTHING;
  const changes = missing.map(describe);
  const [first, ...others] = changes.map(({ address }) => address);
  return {
    changes,
    operations: [
      {
        id: "store.write:generated",
        kind: "store.write",
        writes: missing.map(({ key, value }) => ({ kind: "put", key, value })),
        after: [],
        change: first,
        alsoFor: others,
      },
    ],
  };
}

interface Missing {
  readonly resource: "generated" | "config";
  readonly name: string;
  readonly key: string;
  readonly value: Secret;
}

/** Those of the section Generate, and those that images read below `config/`. */
function missingOf(
  { deployment, generated, generatedConfig }: Model,
  store: LiveStore,
): readonly Missing[] {
  const values = Object.entries(generated).map(([name, value]): Missing => {
    return { resource: "generated", name, key: `${generatedRoot(deployment)}${name}`, value };
  });
  const keys = Object.entries(generatedConfig).map(([name, value]): Missing => {
    return { resource: "config", name, key: configKey(deployment, name), value };
  });
  return [
    ...values.filter(({ name }) => own(store.generated, name) === undefined),
    ...keys.filter(({ name }) => own(store.config, name) === undefined),
  ].sort((a, b) => compareText(a.name, b.name));
}

function describe({ resource, name }: Missing): Change {
  return {
    address: `${resource}.${name}`,
    resource,
    name,
    action: "create",
    section: { kind: "foundation" },
    cause: resource === "config" ? "generated, because its image says so" : NOT_THERE_YET,
    attributes: [],
    unchanged: 0,
  };
}
