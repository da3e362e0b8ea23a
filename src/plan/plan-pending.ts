import type { Live } from "../live.ts";
import type { Model, PendingRoute, RouteSpec } from "../model.ts";
import { own } from "../own.ts";
import { placeNamed, placeText } from "../routing/claims.ts";
import { encodePending, pendingKey } from "../routing/pending-key.ts";
import { join, type Piece } from "./piece.ts";
import type { Change, StoreWrite } from "./plan.ts";
import { textDelta } from "./text-delta.ts";

/** What the deployment's own routes wait for is kept in the store, for the deployment that will have it. */
export function planPending({ pending = {} }: Pick<Model, "pending">, { store }: Live): Piece {
  const wanted = Object.values(pending).map((route) => [pendingKey(route), route] as const);
  const keys = new Set(wanted.map(([key]) => key));
  const gone = Object.keys(store.pending).filter((key) => !keys.has(key));
  return join([
    ...wanted.map(([key, route]) => waiting(key, route, own(store.pending, key))),
    ...gone.map((key) => {
      const cause = "it waits no longer";
      const name = placeNamed(key.slice(key.lastIndexOf("/") + 1));
      return change({ key, name, action: "remove", cause }, [{ kind: "delete", key }]);
    }),
  ]);
}

function waiting(
  key: string,
  route: PendingRoute,
  there: Live["store"]["pending"][string] | undefined,
) {
  const value = encodePending(route);
  if (textDelta(key, there, value) === undefined) return join([]);
  const action = there === undefined ? "create" : "update";
  const cause = `-> ${route.target}, as soon as it is there`;
  return change({ key, name: placeText(route), action, cause }, [{ kind: "put", key, value }]);
}

/** Once the routes are there that others waited for. */
export function forgetCompleted(
  completed: Readonly<Record<string, RouteSpec>>,
  { store }: Live,
  after: readonly string[],
): Piece {
  const writes = store.awaited
    .filter(({ name }) => own(completed, name) !== undefined)
    .map((route): StoreWrite => ({ kind: "delete", key: pendingKey(route) }));
  if (writes.length === 0) return join([]);
  const operation = { id: "store.write:awaited", kind: "store.write", writes, after } as const;
  return { changes: [], operations: [{ ...operation, change: undefined }] };
}

interface Told {
  readonly key: string;
  readonly name: string;
  readonly action: "create" | "update" | "remove";
  readonly cause: string;
}

function change({ key, ...told }: Told, writes: readonly StoreWrite[]): Piece {
  const address = `pending.${key.slice(key.lastIndexOf("/") + 1)}`;
  const one: Change = {
    address,
    resource: "route",
    section: { kind: "routes" },
    ...told,
    attributes: [],
    unchanged: 0,
  };
  const id = `store.write:pending:${key}`;
  return {
    changes: [one],
    operations: [{ id, kind: "store.write", writes, after: [], change: address }],
  };
}
