import type { Live, LiveContainer } from "../live.ts";
import type { RouteSpec } from "../model.ts";
import type { LiveRoute, RouteFormat } from "../routing/route-format.ts";
import { attributeOf } from "./piece.ts";
import type { Change, ContainerHandle, Operation, ServerPlace } from "./plan.ts";

/** A route that goes from one list of servers to another. */
export interface RouteMove {
  readonly name: string;
  readonly servers: readonly ServerPlace[];
  readonly generation: number;
  /** undefined: there is no such route yet. */
  readonly before: Leading | undefined;
  /** Servers that it leaves. */
  readonly leaving: readonly string[];
}

export interface Leading {
  readonly servers: readonly ServerPlace[];
  readonly generation: number;
}

interface Track extends Leading {
  readonly nextGeneration: number;
}

/** Where routes lead while instances are replaced one after the other. */
export class RouteMoves {
  readonly #tracks = new Map<string, Track>();
  readonly #moved = new Set<string>();

  constructor({ store }: Live, format: RouteFormat) {
    for (const [name, there] of Object.entries(store.routes)) {
      this.#tracks.set(name, trackOf(format.read(name, there)));
    }
  }

  leading(name: string): Leading | undefined {
    return this.#tracks.get(name);
  }

  /** A move sweeps away what earlier ones left. */
  isMoved(name: string): boolean {
    return this.#moved.has(name);
  }

  /** The routes that lead to a container go to its successor; `ports` tells which one there, by the one of before. */
  succeed(
    old: LiveContainer,
    next: ContainerHandle,
    portOf: (name: string, port: number) => number,
  ): readonly RouteMove[] {
    return [...this.#tracks].flatMap(([name, { servers }]) => {
      const leaving = servers.flatMap((place) => (isAt(place, old) ? [place.address] : []));
      if (leaving.length === 0) return [];
      const moved = servers.map((place): ServerPlace => {
        if (!isAt(place, old)) return place;
        return { container: next, port: portOf(name, portIn(place.address)) };
      });
      return [this.move(name, moved, leaving)];
    });
  }

  /** The route changes, and leads where it did. */
  keep(name: string): RouteMove {
    const track = this.#tracks.get(name);
    const { servers = [], generation = 0 } = track ?? {};
    return { name, servers, generation, before: track, leaving: [] };
  }

  move(name: string, servers: readonly ServerPlace[], leaving: readonly string[]): RouteMove {
    const track = this.#tracks.get(name);
    const generation = track?.nextGeneration ?? 0;
    this.#moved.add(name);
    this.#tracks.set(name, { servers, generation, nextGeneration: generation + 1 });
    return { name, servers, generation, before: track, leaving };
  }
}

function trackOf({ servers, generation, nextGeneration }: LiveRoute): Track {
  return { servers: servers.map((address) => ({ address })), generation, nextGeneration };
}

type Fixed = Extract<ServerPlace, { readonly address: string }>;

/** Routes of an earlier Axon went by the names of containers. */
export function isAt(
  place: ServerPlace,
  { id, name }: Pick<LiveContainer, "id" | "name">,
): place is Fixed {
  if (!("address" in place)) return false;
  return [addressIn(id), name].some((host) => place.address.startsWith(`${host}:`));
}

/**
 * The name under which a container is reached on each network that is not the engine's own: the beginning of
 * its id. It stays through restarts and renames, and no other container ever has it.
 */
export function addressIn(id: string): string {
  return id.slice(0, 12);
}

function portIn(address: string): number {
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

export interface MoveContext {
  readonly after: readonly string[];
  readonly change: string;
  /** Tells the moves of one route apart. */
  readonly suffix: string;
  /** undefined: the router's usual. */
  readonly drainSeconds: number | undefined;
  /** What the route becomes besides; undefined: only where it leads changes. */
  readonly spec?: RouteSpec;
}

/** Written beside, switched by one write, looked at; then what it left is waited for and cleared away. */
export function moveOperations(move: RouteMove, context: MoveContext): MovePlan {
  const { name, servers, generation, before, leaving } = move;
  const { after, change, suffix, drainSeconds, spec } = context;
  const id = (verb: string) => `route.${verb}:${name}${suffix}`;
  const target = { route: name, servers, generation, spec, change } as const;
  const isKept = before?.generation === generation && before.servers === servers;
  const write: Operation = { ...target, id: id("write"), kind: "route.write", after };
  const attempt: Operation[] = [
    ...(isKept ? [] : [write]),
    {
      ...target,
      id: id("switch"),
      kind: "route.switch",
      from: before?.generation,
      leaving,
      after: isKept ? after : [id("write")],
    },
    { ...target, id: id("verify"), kind: "route.verify", after: [id("switch")] },
  ];
  const drain: Operation = {
    id: id("drain"),
    kind: "route.drain",
    route: name,
    servers: leaving,
    atMostSeconds: drainSeconds,
    after: [id("verify")],
    change,
  };
  const drains = leaving.length === 0 ? [] : [drain];
  const clear: Operation = {
    id: id("clear"),
    kind: "route.clear",
    route: name,
    generation,
    after: [id(drains.length === 0 ? "verify" : "drain")],
    change,
  };
  return { attempt, settle: [...drains, ...(before === undefined ? [] : [clear])] };
}

export interface MovePlan {
  readonly attempt: readonly Operation[];
  readonly settle: readonly Operation[];
}

export interface UndoContext extends Omit<MoveContext, "drainSeconds" | "spec"> {
  readonly onFailureOf: readonly string[];
}

/** Back to where it led before. */
export function undoMove({ name, before }: RouteMove, context: UndoContext): readonly Operation[] {
  if (before === undefined) return [];
  const { servers, generation } = before;
  const { after, change, suffix, onFailureOf } = context;
  const id = (verb: string) => `undo.${verb}:${name}${suffix}`;
  const common = { route: name, generation, onFailureOf, change } as const;
  return [
    {
      ...common,
      id: id("switch"),
      kind: "route.switch",
      servers,
      spec: undefined,
      from: undefined,
      leaving: [],
      after,
    },
    { ...common, id: id("clear"), kind: "route.clear", after: [id("switch")] },
  ];
}

/** A reader is told in one line which routes go along. */
export function withMoves(change: Change, operations: readonly Operation[]): Change {
  const names = operations.flatMap((operation) =>
    operation.kind === "route.switch" && operation.onFailureOf === undefined
      ? [operation.route.slice(operation.route.indexOf("_") + 1)]
      : [],
  );
  if (names.length === 0) return change;
  const note = "when it is ready";
  const moved = attributeOf({ path: "routes", before: undefined, after: names, note });
  return { ...change, attributes: [...change.attributes, moved] };
}
