import type { Live, LiveContainer } from "../../live.ts";
import type { PublishedPort } from "../../model.ts";
import { type Paint, renderTitle } from "../../plan/render-text.ts";
import { addressIn } from "../../plan/route-moves.ts";
import { placeNamed } from "../../routing/claims.ts";
import type { RouteFormat } from "../../routing/route-format.ts";
import { traefikFormat } from "../../routing/traefik/traefik-format.ts";
import { tokenName } from "../../store-layout.ts";
import { toSeconds } from "./change-words.ts";
import { columns } from "./columns.ts";

export interface Place {
  readonly deployment: string;
  readonly engine: string;
  readonly store: string;
}

export interface Seen {
  readonly live: Live;
  /** How the router says what a route is. Absent: as Traefik does. */
  readonly format?: RouteFormat;
}

export function renderStatus(seen: Seen, place: Place, paint: Paint): string {
  const { live } = seen;
  const title = renderTitle(`${place.deployment} on ${place.engine}, store ${place.store}`);
  const services = live.engine.containers.toSorted(byName).map(serviceRow);
  if (services.length === 0 && live.store.keys === 0) {
    return `${title}\n\nThere is no deployment ${place.deployment} here.\n`;
  }
  const tasks = Object.values(live.store.tasks).map(({ id, exitCode, ended, finishedAt }) => [
    id,
    ended === "exited" ? `exit ${exitCode}` : ended,
    toSeconds(finishedAt),
  ]);
  const routes = Object.keys(live.store.routes).map((name) => [
    placeNamed(name),
    serversOf(name, seen),
  ]);
  return [
    `${title}\n`,
    table(["SERVICE", "STATE", "IMAGE", "PORTS"], services, paint),
    table(["ONE-SHOT", "LAST RUN", "FINISHED"], tasks, paint),
    table(["ROUTE", "LEADS TO"], routes, paint),
    table(
      ["VOLUME"],
      live.engine.volumes.map(({ name }) => [name]),
      paint,
    ),
    table(["TOKEN", "READS", "WRITES"], tokenRows(live, place.deployment), paint),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Version 1. */
export function statusAsJson(seen: Seen, place: Place) {
  const { live } = seen;
  return {
    version: 1,
    ...place,
    services: live.engine.containers.toSorted(byName).map((container) => ({
      service: container.identity.service,
      instance: container.identity.instance,
      kind: container.identity.kind,
      container: container.name,
      id: container.id,
      state: container.status,
      health: container.health,
      exit_code: container.exitCode ?? null,
      image: container.spec.image.reference,
      image_id: container.spec.image.id,
      publish: container.spec.publish.map(portText),
      bound: container.bound.map(({ port, protocol, hostAddress, hostPort }) => ({
        port,
        protocol,
        hostAddress,
        hostPort,
      })),
    })),
    tasks: Object.values(live.store.tasks).map(({ id, ended, exitCode, finishedAt }) => ({
      id,
      ended,
      exit_code: exitCode,
      finished_at: finishedAt,
    })),
    routes: Object.keys(live.store.routes).map((name) => ({
      name,
      servers: serversOf(name, seen),
    })),
    endpoints: live.store.endpoints,
    volumes: live.engine.volumes.map(({ name }) => name),
    token: tokenState(live),
  };
}

/** Of the token of the containers: `null` where the store gives none. */
function tokenState({ token, store }: Live): "good" | "missing" | "unknown" | null {
  if (store.tokenNumber === undefined || token === undefined || token.kind === "off") return null;
  if (token.kind === "denied") return "unknown";
  if (token.kind === "taken") return "missing";
  return token.value !== undefined && token.isBound ? "good" : "missing";
}

function tokenRows(live: Live, deployment: string): readonly string[][] {
  const { token } = live;
  const name = tokenName(deployment);
  const state = tokenState(live);
  if (state === null) return [];
  if (state === "unknown" || token?.kind !== "seen") return [[name, "not known", "not known"]];
  const withRight = (wanted: string) =>
    Object.entries(token.rights ?? {})
      .filter(([, right]) => right === wanted)
      .map(([prefix]) => prefix)
      .join(", ");
  return [[state === "good" ? name : `${name} (missing)`, withRight("read"), withRight("write")]];
}

function serviceRow(container: LiveContainer): string[] {
  const { identity, status, health, exitCode, bound, spec } = container;
  const state =
    status === "running" && health !== "none"
      ? health
      : status === "exited"
        ? `exited (${exitCode ?? "?"})`
        : status;
  const name =
    identity.instance > 1 ? `${identity.service}.${identity.instance}` : identity.service;
  const ports = bound.length > 0 ? bound : spec.publish;
  return [name, state, spec.image.reference, ports.map(portText).join(", ")];
}

function portText({ port, protocol, hostAddress, hostPort }: PublishedPort): string {
  const address = hostAddress.includes(":") ? `[${hostAddress}]` : hostAddress;
  const from = `${address && `${address}:`}${hostPort === 0 ? "any" : hostPort}`;
  return `${from}->${port}${protocol === "udp" ? "/udp" : ""}`;
}

/** A container that is reached by the beginning of its id is known by its name. */
function serversOf(
  route: string,
  { live: { engine, store }, format = traefikFormat }: Seen,
): string {
  const { servers } = format.read(route, store.routes[route] ?? {});
  const named = servers.map((server) => {
    const found = engine.containers.find(({ id }) => server.startsWith(`${addressIn(id)}:`));
    return found === undefined ? server : server.replace(addressIn(found.id), found.name);
  });
  return named.join(", ");
}

function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  if (rows.length === 0) return "";
  const [first = "", ...rest] = columns([heading, ...rows]);
  return [paint.heading(first), ...rest].map((line) => `${line}\n`).join("");
}

function byName(a: LiveContainer, b: LiveContainer): number {
  return a.name < b.name ? -1 : 1;
}
