import type { LiveStore } from "../live.ts";
import type { Model } from "../model.ts";
import { own } from "../own.ts";
import { generatedRoot } from "../store-layout.ts";
import { compareText, NOTHING, type Piece } from "./piece.ts";
import type { Change } from "./plan.ts";

/** A generated value is written once. It is never changed, and not removed when the file names it no more. */
export function planGenerated({ deployment, generated }: Model, store: LiveStore): Piece {
  const missing = Object.keys(generated)
    .filter((name) => own(store.generated, name) === undefined)
    .sort(compareText);
  if (missing.length === 0) return NOTHING;
  const changes = missing.map(describe);
  const [first, ...others] = changes.map(({ address }) => address);
  return {
    changes,
    operations: [
      {
        id: "store.write:generated",
        kind: "store.write",
        writes: missing.flatMap((name) => {
          const value = generated[name];
          return value ? [{ kind: "put", key: `${generatedRoot(deployment)}${name}`, value }] : [];
        }),
        after: [],
        change: first,
        alsoFor: others,
      },
    ],
  };
}

function describe(name: string): Change {
  return {
    address: `generated.${name}`,
    resource: "generated",
    name,
    action: "create",
    section: { kind: "foundation" },
    cause: "not there yet",
    attributes: [],
    unchanged: 0,
  };
}
