import { setTimeout as sleep } from "node:timers/promises";
import { AxonError } from "../errors.ts";
import type { KvEntry, KvStore, KvWrite } from "../kv/kv-store.ts";
import { placeNamed } from "../routing/claims.ts";
import type { RouteEntries } from "../routing/route-format.ts";
import {
  atGeneration,
  generationAt,
  isChoice,
  isServiceTree,
  readTraefik,
} from "../routing/traefik/generation.ts";
import { isSecretKey, routeNameOf } from "../routing/traefik/route-of-key.ts";
import { serverEntries } from "../routing/traefik/server-entries.ts";
import { traefikEntries } from "../routing/traefik/traefik-entries.ts";
import { reveal, Secret, type Text } from "../secret.ts";
import { routeRoot } from "../store-layout.ts";
import type { Router, RouteSwitch, RouteTarget } from "./router.ts";
import { anchorWrites, claimWrites, overtaken, releaseWrites } from "./traefik-claims.ts";

/**
 * Traefik takes up a change two seconds after it at the latest (providersThrottleDuration), and tells nobody
 * that it has, nor which requests are in flight.
 */
const USUAL_DRAIN_SECONDS = 3;

type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const sleepFor: Pause = (milliseconds, signal) => sleep(milliseconds, undefined, { signal });

/** A Traefik that reads the store: what is written there is what it does. */
export function traefikRouter(store: KvStore, pause: Pause = sleepFor): Router {
  return {
    description: "traefik",
    prepare: async (target, signal) => {
      const entries = await wantedEntries(store, target, signal);
      const tree = Object.entries(entries).filter(([key]) => isServiceTree(key));
      await write(store, tree.map(putOf), signal);
    },
    switchTo: (target, signal) => switchTo(store, target, signal),
    verify: async (target, signal) => {
      const there = readTraefik(target.name, await entriesOf(store, target.name, signal));
      const isThere =
        there.generation === target.generation && there.servers.join() === target.servers.join();
      if (!isThere) throw notSwitched(target.name, there.servers);
    },
    awaitDrained: async ({ atMostSeconds = USUAL_DRAIN_SECONDS }, signal) => {
      await pause(atMostSeconds * 1000, signal);
    },
    clear: async ({ name, generation }, signal) => {
      const keys = Object.keys(await entriesOf(store, name, signal));
      const trees = keys.flatMap((key) => {
        const other = generationAt(name, key);
        return other === undefined || other === generation ? [] : [treeOf(key)];
      });
      const writes = [...new Set(trees)].map((prefix) => ({ kind: "deleteTree", prefix }) as const);
      await write(store, writes, signal);
    },
    remove: async (name, signal) => {
      const all = await store.list(routeRoot, signal);
      const keys = all.flatMap(({ key }) => (routeNameOf(key) === name ? [key] : []));
      if (keys.length === 0) return;
      // The routers first: one that names a service that is gone would be an error to Traefik.
      const last = keys.toSorted((a, b) => Number(!isRouter(a)) - Number(!isRouter(b)));
      await write(
        store,
        [
          ...anchorWrites(all),
          ...last.map((key) => ({ kind: "delete", key }) as const),
          ...releaseWrites(name, all),
        ],
        signal,
      );
    },
  };
}

/** All keys but those of the list of servers, which is there already; the last of them is the one that switches. */
async function switchTo(store: KvStore, target: RouteSwitch, signal: AbortSignal): Promise<void> {
  const { name, from, spec } = target;
  const all = await store.list(routeRoot, signal);
  const found = all.filter(({ key }) => routeNameOf(key) === name);
  const there = new Map(found.map((entry) => [entry.key, entry]));
  if (from !== undefined) checkCurrent({ name, from }, found);
  const wanted = await wantedEntries(store, target, signal);
  const puts = Object.entries(wanted)
    .filter(([key, value]) => !isServiceTree(key) && there.get(key)?.value !== reveal(value))
    .map(([key, value]) => expecting(putOf([key, value]), there.get(key)));
  const stale =
    spec === undefined
      ? []
      : found.filter(({ key }) => !isServiceTree(key) && wanted[key] === undefined);
  const deletes = stale.map(({ key, revision }): KvWrite => {
    return { kind: "delete", key, expected: revision };
  });
  const last = puts.toSorted((a, b) => Number(isChoice(a.key)) - Number(isChoice(b.key)));
  const claims = spec === undefined ? [] : claimWrites(name, all);
  const writes = [...claims, ...deletes, ...last];
  await write(store, writes.length === 0 ? [] : [...anchorWrites(all), ...writes], signal);
}

interface Current {
  readonly name: string;
  readonly from: number;
}

function checkCurrent({ name, from }: Current, found: readonly KvEntry[]): void {
  const { servers, generation } = readTraefik(name, asEntries(found));
  if (generation !== from) throw notSwitched(name, servers);
}

/** What the route is to have, with the list of servers in its own tree. */
async function wantedEntries(
  store: KvStore,
  { name, spec, servers, generation }: RouteTarget,
  signal: AbortSignal,
): Promise<RouteEntries> {
  if (spec !== undefined) return atGeneration(traefikEntries(spec, servers), name, generation);
  const { entries } = readTraefik(name, await entriesOf(store, name, signal));
  const isTcp = Object.keys(entries).some((key) => key.startsWith("traefik/tcp/routers/"));
  const list = serverEntries({ name, kind: isTcp ? "tcp" : "http" }, servers);
  return atGeneration({ ...entries, ...Object.fromEntries(list) }, name, generation);
}

async function entriesOf(store: KvStore, name: string, signal: AbortSignal): Promise<RouteEntries> {
  const all = await store.list(routeRoot, signal);
  return asEntries(all.filter(({ key }) => routeNameOf(key) === name));
}

function asEntries(found: readonly KvEntry[]): RouteEntries {
  return Object.fromEntries(found.map(({ key, value }) => [key, textAt(key, value)]));
}

function textAt(key: string, value: string): Text {
  return isSecretKey(key) ? new Secret(value) : value;
}

function putOf([key, value]: readonly [string, Text]) {
  return { kind: "put", key, value: reveal(value) } as const;
}

function expecting(put: ReturnType<typeof putOf>, found: KvEntry | undefined) {
  return { ...put, expected: found?.revision ?? ("absent" as const) };
}

function treeOf(key: string): string {
  return `${key.split("/").slice(0, 4).join("/")}/`;
}

function isRouter(key: string): boolean {
  return /^traefik\/(http|tcp)\/routers\//.test(key);
}

async function write(store: KvStore, writes: readonly KvWrite[], signal: AbortSignal) {
  if (writes.length === 0) return;
  const outcome = await store.transact(writes, signal);
  if (outcome.kind === "written") return;
  const taken = overtaken(outcome.keys);
  if (taken !== undefined) throw taken;
  const problem = `the store has changed meanwhile: ${outcome.keys.join(", ")}`;
  throw new AxonError("STORE_REFUSED", problem, { hint: "Run the deploy again." });
}

function notSwitched(name: string, servers: readonly string[]): AxonError {
  const where = servers.length === 0 ? "nowhere" : `to ${servers.join(", ")}`;
  const problem = `${placeNamed(name)} leads ${where}, as somebody else has it`;
  return new AxonError("ROUTE_NOT_SWITCHED", problem, { hint: "Run the deploy again." });
}
