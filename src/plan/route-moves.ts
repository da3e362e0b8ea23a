import type { Live, LiveContainer } from "../live.ts";
import type { RouteSpec } from "../model.ts";
import { placeNamed } from "../routing/claims.ts";
import type { LiveRoute, RouteFormat } from "../routing/route-format.ts";
import { spareNames } from "../spare-names.ts";
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
  readonly leaving: readonly ServerPlace[];
  /** The router goes by the names of containers and is not told: who has the name now is where it leads. */
  readonly isFollowed: boolean;
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
  readonly #goesByName: boolean;

  constructor({ store }: Live, format: RouteFormat) {
    this.#goesByName = format.goesByName;
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

  /** The routes that lead to a container go to its successor; `portOf` tells which port there, by the one of before. */
  succeed(
    old: LiveContainer,
    next: Successor,
    portOf: (name: string, port: number) => number,
  ): readonly RouteMove[] {
    return [...this.#tracks].flatMap(([name, { servers }]) => {
      const left = servers.filter((place) => this.#isLeft(place, old, next));
      if (left.length === 0) return [];
      const moved = servers.map((place) => {
        if (!this.#isLeft(place, old, next)) return place;
        return this.#placeOf(next, portOf(name, portIn(place.address)));
      });
      const leaving = left.flatMap((place) => this.#leaving(place, old, next));
      const isSame = moved.map(textOf).join() === servers.map(textOf).join();
      if (this.#goesByName && isSame) return [{ ...this.keep(name), leaving, isFollowed: true }];
      return [this.move(name, moved, leaving)];
    });
  }

  /** The routes that lead to who has taken a container's place already. What is told is drained where it is told. */
  followed(old: LiveContainer, next: Pick<LiveContainer, "id" | "name">): readonly RouteMove[] {
    return [...this.#tracks].flatMap(([name, { servers }]) => {
      const places = servers.filter((place) => isAt(place, next));
      if (places.length === 0 || (!this.#goesByName && this.#moved.has(name))) return [];
      const leaving = places.flatMap((place) =>
        this.#inFlightTo(old, next.name, portIn(place.address)),
      );
      return [{ ...this.keep(name), leaving, isFollowed: true }];
    });
  }

  #isLeft(place: ServerPlace, old: LiveContainer, next: Successor): place is Fixed {
    return isAt(place, old) || (this.#goesByName && isAt(place, { ...old, name: next.name }));
  }

  #placeOf({ container, name }: Successor, port: number): ServerPlace {
    return this.#goesByName ? { address: `${name}:${port}` } : { container, port };
  }

  /** By name, it is the old one's own addresses that requests are in flight to, or the name that it has in between. */
  #leaving(place: Fixed, old: LiveContainer, next: Successor): readonly ServerPlace[] {
    return this.#goesByName ? this.#inFlightTo(old, next.name, portIn(place.address)) : [place];
  }

  #inFlightTo({ id }: LiveContainer, name: string, port: number): readonly ServerPlace[] {
    const place = { container: { id }, port };
    return this.#goesByName ? [place, { address: `${spareNames(name).old}:${port}` }] : [place];
  }

  /** The route changes, and leads where it did. */
  keep(name: string): RouteMove {
    const track = this.#tracks.get(name);
    const { servers = [], generation = 0 } = track ?? {};
    return { name, servers, generation, before: track, leaving: [], isFollowed: false };
  }

  move(name: string, servers: readonly ServerPlace[], leaving: readonly ServerPlace[]): RouteMove {
    const track = this.#tracks.get(name);
    const generation = track?.nextGeneration ?? 0;
    this.#moved.add(name);
    this.#tracks.set(name, { servers, generation, nextGeneration: generation + 1 });
    return { name, servers, generation, before: track, leaving, isFollowed: false };
  }
}

/** Who takes a container's place, and the name that it has then. */
export interface Successor {
  readonly container: ContainerHandle;
  readonly name: string;
}

function trackOf({ servers, generation, nextGeneration }: LiveRoute): Track {
  return { servers: servers.map((address) => ({ address })), generation, nextGeneration };
}

type Fixed = Extract<ServerPlace, { readonly address: string }>;

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

/** One that is not there yet has no address. */
export function textOf(place: ServerPlace): string {
  if ("address" in place) return place.address;
  const { container, port } = place;
  return "id" in container ? `${addressIn(container.id)}:${port}` : `(new):${port}`;
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
  /** What it leads to has said that it is well. */
  readonly isHealthy: boolean;
}

/** Written beside, switched by one write, looked at; then what it left is waited for and cleared away. */
export function moveOperations(move: RouteMove, context: MoveContext): MovePlan {
  const { name, servers, generation, before, leaving, isFollowed } = move;
  const { after, change, suffix, drainSeconds, spec, isHealthy } = context;
  const id = (verb: string) => `route.${verb}:${name}${suffix}`;
  const target = { route: name, servers, generation, spec, change } as const;
  const isKept = before?.generation === generation && before.servers === servers;
  const write: Operation = { ...target, id: id("write"), kind: "route.write", after };
  const switching: Operation = {
    ...target,
    id: id("switch"),
    kind: "route.switch",
    from: before?.generation,
    after: isKept ? after : [id("write")],
  };
  const told = isFollowed ? [] : [...(isKept ? [] : [write]), switching];
  const verify: Operation = {
    ...target,
    id: id("verify"),
    kind: "route.verify",
    isHealthy,
    after: isFollowed ? after : [id("switch")],
  };
  const attempt = [...told, verify];
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
  const isClean = before === undefined || isFollowed;
  return { attempt, settle: [...drains, ...(isClean ? [] : [clear])] };
}

export interface MovePlan {
  readonly attempt: readonly Operation[];
  readonly settle: readonly Operation[];
}

export interface UndoContext extends Omit<MoveContext, "drainSeconds" | "spec" | "isHealthy"> {
  readonly onFailureOf: readonly string[];
}

/** Back to where it led before. */
export function undoMove(move: RouteMove, context: UndoContext): readonly Operation[] {
  const { name, before, isFollowed } = move;
  if (before === undefined || isFollowed) return [];
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
      after,
    },
    { ...common, id: id("clear"), kind: "route.clear", after: [id("switch")] },
  ];
}

interface FollowedContext {
  /** Who had the name, and has it no more. */
  readonly container: ContainerHandle;
  readonly suffix: string;
  readonly after: readonly string[];
  readonly change: string;
}

/** The name leads back already; what is in flight to who had it is waited for. */
export function undoFollowed(
  { name, servers, isFollowed }: RouteMove,
  { container, suffix, after, change }: FollowedContext,
): readonly Operation[] {
  if (!isFollowed) return [];
  const left = servers.map((place) => ({ container, port: portIn(textOf(place)) }));
  return [
    {
      id: `undo.drain:${name}${suffix}`,
      kind: "route.drain",
      route: name,
      servers: left,
      atMostSeconds: undefined,
      after,
      onFailureOf: [`route.verify:${name}${suffix}`],
      change,
    },
  ];
}

/** A reader is told in one line which routes go along. */
export function withMoves(change: Change, operations: readonly Operation[]): Change {
  const names = operations.flatMap((operation) =>
    operation.kind === "route.verify" && operation.onFailureOf === undefined
      ? [placeNamed(operation.route)]
      : [],
  );
  if (names.length === 0) return change;
  const note = "when it is ready";
  const moved = attributeOf({ path: "routes", before: undefined, after: names, note });
  return { ...change, attributes: [...change.attributes, moved] };
}
