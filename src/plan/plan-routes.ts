import type { Live } from "../live.ts";
import type { Model, RouteServer, RouteSpec } from "../model.ts";
import { own } from "../own.ts";
import { traefikEntries } from "../routing/traefik/traefik-entries.ts";
import type { Text } from "../secret.ts";
import { hasDrifted, type Previous, REMOVED_OUTSIDE } from "./drift.ts";
import { attributeOf, compareText, join, NOTHING, type Piece } from "./piece.ts";
import type { AttributeChange, Change, StoreWrite } from "./plan.ts";
import { textDelta } from "./text-delta.ts";
import { UNWANTED } from "./unwanted.ts";

export interface RouteModel extends Pick<Model, "routes" | "services"> {
  readonly previous?: Previous;
}

type Entries = Readonly<Record<string, Text>>;
type Places = Pick<Model, "services">;

/** Routes switch when the services behind them are ready, and go before those services do. */
export function planRoutes(model: RouteModel, live: Live, after: readonly string[]): Piece {
  const names = [...new Set([...Object.keys(model.routes), ...Object.keys(live.store.routes)])];
  return join(
    names.sort(compareText).map((name) =>
      planRoute(
        {
          name,
          spec: own(model.routes, name),
          wanted: entriesOf(own(model.routes, name), model),
          live: own(live.store.routes, name),
          previous: model.previous && entriesOf(own(model.previous.routes, name), model.previous),
        },
        after,
      ),
    ),
  );
}

interface Route {
  readonly name: string;
  readonly spec: RouteSpec | undefined;
  readonly wanted: Entries | undefined;
  readonly live: Entries | undefined;
  readonly previous: Entries | undefined;
}

function entriesOf(route: RouteSpec | undefined, places: Places): Entries | undefined {
  if (route === undefined) return undefined;
  return traefikEntries(
    route,
    route.servers.map((server) => addressOf(server, places)),
  );
}

function addressOf(server: RouteServer, { services }: Places): string {
  if ("host" in server) return `${server.host}:${server.port}`;
  const name = own(services, server.service)?.containerNames[server.instance - 1];
  return `${name ?? server.service}:${server.port}`;
}

function planRoute(route: Route, after: readonly string[]): Piece {
  const wanted = route.wanted ?? {};
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(route.live ?? {})])].sort(
    compareText,
  );
  const attributes = keys.flatMap((key) => entryDelta(key, route));
  if (attributes.length === 0) return NOTHING;
  const change = describeRoute(route, attributes, keys.length - attributes.length);
  return {
    changes: [change],
    operations: [
      {
        id: `store.write:route:${route.name}`,
        kind: "store.write",
        writes: keys.flatMap((key) => entryWrite(key, route)),
        after,
        change: change.address,
      },
    ],
  };
}

function entryDelta(key: string, { name, wanted, live, previous }: Route): AttributeChange[] {
  const delta = textDelta(key, live?.[key], wanted?.[key]);
  if (delta === undefined) return [];
  const path = key
    .replace(/^traefik\/(http|tcp)\//, "")
    .replace(/^traefik\//, "")
    .replace(`/${name}_`, "/")
    .replace(`/${name}=`, "/")
    .replace(`/${name}`, "");
  return [attributeOf({ ...delta, path }, { drift: hasDrifted(previous?.[key], live?.[key]) })];
}

function entryWrite(key: string, { wanted, live }: Route): StoreWrite[] {
  const value = wanted?.[key];
  if (value === undefined) return [{ kind: "delete", key }];
  return textDelta(key, live?.[key], value) === undefined ? [] : [{ kind: "put", key, value }];
}

function describeRoute(
  { name, spec: wanted, live, previous }: Route,
  attributes: readonly AttributeChange[],
  unchanged: number,
): Change {
  const common = {
    address: `route.${name}`,
    resource: "route",
    section: { kind: "routes" },
  } as const;
  if (wanted === undefined) {
    return {
      ...common,
      name: shortName(name),
      action: "remove",
      cause: UNWANTED,
      attributes: [],
      unchanged: 0,
    };
  }
  const title = `${wanted.domain}${wanted.path ?? ""}`;
  if (live === undefined) {
    return {
      ...common,
      name: title,
      action: "create",
      cause: `-> ${wanted.target}${previous === undefined ? "" : `  # ${REMOVED_OUTSIDE}`}`,
      attributes: [],
      unchanged: 0,
    };
  }
  return {
    ...common,
    name: title,
    action: "update",
    cause: `-> ${wanted.target}`,
    attributes,
    unchanged,
  };
}

/** Without the deployment, which a reader of its plan knows. */
function shortName(name: string): string {
  return name.slice(name.indexOf("_") + 1);
}
