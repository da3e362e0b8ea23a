import type { Live } from "../live.ts";
import type { Model, RouteSpec } from "../model.ts";
import { own } from "../own.ts";
import { placeNamed } from "../routing/claims.ts";
import type { LiveRoute, RouteEntries, RouteFormat } from "../routing/route-format.ts";
import { lastingName } from "../spare-names.ts";
import { hasDrifted, type Previous, REMOVED_OUTSIDE } from "./drift.ts";
import { attributeOf, compareText, join, NOTHING, type Piece } from "./piece.ts";
import type { AttributeChange, Change, Operation, ServerPlace } from "./plan.ts";
import { addressIn, moveOperations, type RouteMoves, textOf } from "./route-moves.ts";
import { textDelta } from "./text-delta.ts";
import { UNWANTED } from "./unwanted.ts";

export interface RouteContext {
  readonly routes: Model["routes"];
  readonly live: Live;
  readonly format: RouteFormat;
  readonly previous: Previous;
  /** Where a route is to lead when all instances are there. */
  readonly placesOf: (route: RouteSpec) => readonly ServerPlace[];
  /** Where requests are in flight to of what the router knows by an address. */
  readonly inFlightAt: (place: ServerPlace) => ServerPlace;
  /** Where routes lead when the instances have been replaced. */
  readonly moves: RouteMoves;
}

/** Routes are made and changed when the services behind them are ready, and go before those services do. */
export function planRoutes(context: RouteContext, after: readonly string[]): Piece {
  const { routes, live } = context;
  const names = [...new Set([...Object.keys(routes), ...Object.keys(live.store.routes)])];
  return join(names.sort(compareText).map((name) => planRoute(name, context, after)));
}

interface Route {
  readonly name: string;
  readonly spec: RouteSpec;
  readonly wanted: RouteEntries;
  readonly there: LiveRoute | undefined;
  readonly made: RouteEntries | undefined;
  readonly format: RouteFormat;
}

function planRoute(name: string, context: RouteContext, after: readonly string[]): Piece {
  const { routes, live, format, previous, moves } = context;
  const spec = own(routes, name);
  if (spec === undefined) return planRouteRemoval(name, after);
  const found = own(live.store.routes, name);
  const made = own(previous?.routes, name);
  const route: Route = {
    name,
    spec,
    wanted: format.entriesOf(spec, []),
    there: found && format.read(name, found),
    made: made && format.entriesOf(made, []),
    format,
  };
  const wanted = context.placesOf(spec);
  const leading = moves.leading(name);
  const drift = haveServersDrifted(route, own(previous?.routes, name), live);
  const servers = serverDelta(leading?.servers ?? [], wanted, drift);
  const deltas = entryDeltas(route);
  const attributes = [...deltas.map(({ attribute }) => attribute), ...servers];
  const isLittered = route.there?.hasLeftovers === true && !moves.isMoved(name);
  if (attributes.length === 0 && !isLittered) return NOTHING;
  const change = describeRoute(route, attributes);
  if (attributes.length === 0) return { changes: [change], operations: [sweep(route, after)] };
  const leaving = left(leading?.servers ?? [], wanted).map(context.inFlightAt);
  const isKept = servers.length === 0 && !deltas.some(({ key }) => format.isOfList(key));
  const move = isKept ? moves.keep(name) : moves.move(name, wanted, leaving);
  const { attempt, settle } = moveOperations(move, {
    after,
    change: change.address,
    suffix: "",
    drainSeconds: undefined,
    spec,
    isHealthy: false,
  });
  return { changes: [change], operations: [...attempt, ...settle] };
}

function sweep({ name, there }: Route, after: readonly string[]): Operation {
  const generation = there?.generation ?? 0;
  const id = `route.clear:${name}`;
  return { id, kind: "route.clear", route: name, generation, after, change: `route.${name}` };
}

function entryDeltas({ name, wanted, there, made, format }: Route) {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(there?.entries ?? {})])];
  return keys.sort(compareText).flatMap((key) => {
    const delta = textDelta(key, there?.entries[key], wanted[key]);
    if (delta === undefined) return [];
    const path = format.shortPath(key, name);
    const drift = hasDrifted(made?.[key], there?.entries[key]);
    return [{ key, attribute: attributeOf({ ...delta, path }, { drift }) }];
  });
}

/** It leads to what no deploy has led it to, or to less. */
function haveServersDrifted(
  { there }: Route,
  made: RouteSpec | undefined,
  { engine }: Live,
): boolean {
  if (there === undefined || made === undefined) return false;
  const hosts = new Set([
    ...engine.containers.flatMap(({ id, name }) => [addressIn(id), lastingName(name)]),
    ...made.servers.flatMap((server) => ("host" in server ? [server.host] : [])),
  ]);
  const isKnown = (address: string) => hosts.has(address.slice(0, address.lastIndexOf(":")));
  return there.servers.length < made.servers.length || !there.servers.every(isKnown);
}

function serverDelta(
  before: readonly ServerPlace[],
  after: readonly ServerPlace[],
  drift: boolean,
): AttributeChange[] {
  const [old, wanted] = [before, after].map((places) => places.map(keyOf).join());
  if (old === wanted) return [];
  const delta = { path: "servers", before: before.map(textOf), after: after.map(textOf) };
  return [attributeOf(delta, { drift })];
}

/** Two containers that this plan makes read the same, and are not. */
function keyOf(place: ServerPlace): string {
  if ("address" in place || "id" in place.container) return textOf(place);
  return `${place.container.createdBy}:${place.port}`;
}

function left(before: readonly ServerPlace[], after: readonly ServerPlace[]): ServerPlace[] {
  const stay = new Set(after.map(textOf));
  return before.filter((place) => "address" in place && !stay.has(place.address));
}

export function planRouteRemoval(name: string, after: readonly string[]): Piece {
  const change: Change = {
    ...commonOf(name),
    name: placeNamed(name),
    action: "remove",
    cause: UNWANTED,
    attributes: [],
    unchanged: 0,
  };
  const id = `route.remove:${name}`;
  const operations: Operation[] = [
    { id, kind: "route.remove", route: name, after, change: change.address },
  ];
  return { changes: [change], operations };
}

function describeRoute(
  { name, spec, wanted, there, made }: Route,
  attributes: readonly AttributeChange[],
): Change {
  const common = { ...commonOf(name), name: `${spec.domain}${spec.path ?? ""}` };
  const cause = `-> ${spec.target}`;
  if (there !== undefined) {
    const unchanged = Math.max(0, Object.keys(wanted).length + 1 - attributes.length);
    const told =
      attributes.length === 0 ? `${cause}  # left over from a run that was cut short` : cause;
    return { ...common, action: "update", cause: told, attributes, unchanged };
  }
  return {
    ...common,
    action: "create",
    cause: made === undefined ? cause : `${cause}  # ${REMOVED_OUTSIDE}`,
    attributes: [],
    unchanged: 0,
  };
}

function commonOf(name: string) {
  return {
    address: `route.${name}`,
    resource: "route",
    section: { kind: "routes" },
  } as const;
}
