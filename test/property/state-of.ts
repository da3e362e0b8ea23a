import type { Live, LiveContainer } from "../../src/live.ts";
import type { Model } from "../../src/model.ts";
import { addressIn } from "../../src/plan/route-moves.ts";
import { readTraefik } from "../../src/routing/traefik/generation.ts";
import { reveal, type Text } from "../../src/secret.ts";

/** Without ids and ports that the engine chose, without how well they are, and without what is kept on purpose: volumes, records and the token of what the model has not. */
export function stateOf(model: Model, { engine, store, token }: Live) {
  const containers = engine.containers.map(({ id: _, bound: __, health: ___, ...container }) => ({
    ...container,
    spec: { ...container.spec, env: clear(container.spec.env) },
  }));
  return {
    containers: containers.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    networks: engine.networks.map(({ name }) => name),
    volumes: engine.volumes.map(({ name }) => name).filter((name) => name in model.volumes),
    config: clear(store.config),
    ownedConfig: store.ownedConfig,
    endpoints: store.endpoints,
    routes: Object.entries(store.routes).map(([name, there]) => {
      const { entries, servers, hasLeftovers } = readTraefik(name, there);
      const named = servers.map((address) => withName(address, engine.containers));
      return [name, clear(entries), named, hasLeftovers];
    }),
    token: model.token && token?.kind === "seen" && [token.value?.reveal(), token.rights],
    tasks: Object.values(store.tasks)
      .filter(({ id }) => model.tasks[id]?.run === "on-change")
      .map(({ id, exitCode, inputs }) => ({ id, exitCode, inputs })),
  };
}

function withName(address: string, containers: readonly LiveContainer[]): string {
  const found = containers.find(({ id }) => address.startsWith(`${addressIn(id)}:`));
  return found === undefined ? address : address.replace(addressIn(found.id), found.name);
}

function clear(texts: Readonly<Record<string, Text>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, reveal(text)]));
}
