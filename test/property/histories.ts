import fc from "fast-check";
import { BARE_CONTAINER } from "../../src/fields/bare-container.ts";
import { bareNetwork } from "../../src/fields/network-table.ts";
import { bareVolume } from "../../src/fields/volume-table.ts";
import type { Model } from "../../src/model.ts";
import { DEPLOYMENT, imageIdentity } from "../helpers/build.ts";
import type { FakeContainer } from "../helpers/fake-engine.ts";
import { World } from "../helpers/world.ts";
import { addImages, versions } from "./models.ts";

const OTHER = "shop-two";

/** What people and crashes do to a deployment. `pick` chooses the container or the key. */
const tampers = fc.oneof(
  fc.record({
    kind: fc.constant("status" as const),
    pick: fc.nat(),
    status: fc.constantFrom("exited", "paused", "created", "dead"),
  }),
  fc.record({ kind: fc.constant("vanish" as const), pick: fc.nat() }),
  fc.record({
    kind: fc.constant("duplicate" as const),
    pick: fc.nat(),
    suffix: fc.constantFrom("next", "old"),
    status: fc.constantFrom("exited", "running"),
  }),
  fc.record({
    kind: fc.constant("rename" as const),
    pick: fc.nat(),
    name: fc.constantFrom(
      "elsewhere",
      "next" as const,
      "old" as const,
      `${DEPLOYMENT}-web-1`,
      `${DEPLOYMENT}-db-1`,
    ),
  }),
  fc.record({
    kind: fc.constantFrom("network" as const, "restart" as const, "alias" as const),
    pick: fc.nat(),
  }),
  fc.record({ kind: fc.constant("volume" as const), pick: fc.nat() }),
  fc.record({
    kind: fc.constantFrom("key-gone" as const, "key-changed" as const),
    pick: fc.nat(),
  }),
  fc.record({ kind: fc.constant("record" as const), pick: fc.nat(), exitCode: fc.constantFrom(3) }),
);

type Tamper = typeof tampers extends fc.Arbitrary<infer T> ? T : never;

interface History {
  readonly deployed: readonly Model[];
  readonly tampers: readonly Tamper[];
}

export interface Scenario {
  /** How a deployment came to be as it is. */
  readonly history: History;
  /** What is wanted now, and what is wanted after that. */
  readonly model: Model;
  readonly next: Model;
}

export const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    models: versions(4),
    deploys: fc.constantFrom(1, 2, 0),
    tampers: fc.array(tampers, { maxLength: 3 }),
  })
  .map(({ models, deploys, tampers: happened }) => {
    const [model, next] = models.slice(deploys);
    if (!model || !next) throw new Error("too few models");
    return { history: { deployed: models.slice(0, deploys), tampers: happened }, model, next };
  });

/** A world in which that has happened, and in which others have things of their own. */
export async function worldAfter({ deployed, tampers: later }: History): Promise<World> {
  const world = new World(FOREIGN_KEYS);
  addForeign(world);
  for (const model of deployed) await world.deploy(model);
  for (const tamper of later) await applyTamper(world, tamper);
  return world;
}

const FOREIGN_KEYS = {
  [`axon/${DEPLOYMENT}/config/by-hand`]: "left alone",
  [`axon/${OTHER}/config/size`]: "1",
  [`axon/${OTHER}/services/web/http`]: "shop-two-web-1:80",
  [`axon/${OTHER}/state/config-keys`]: "size",
  [`traefik/http/routers/${OTHER}_two.example.org/rule`]: "Host(`two.example.org`)",
  "traefik/http/routers/by-hand/rule": "Host(`by-hand`)",
  "vault/x": "y",
};

function addForeign({ engine }: World): void {
  addImages(engine);
  engine.networks.set("foreign-net", {
    name: "office",
    deployment: undefined,
    spec: bareNetwork("office"),
  });
  engine.networks.set("other-net", { name: OTHER, deployment: OTHER, spec: bareNetwork(OTHER) });
  engine.volumes.set("office-data", {
    name: "office-data",
    deployment: undefined,
    spec: bareVolume("office-data"),
  });
  engine.volumes.set("shop-two-web-data", {
    name: "shop-two-web-data",
    deployment: OTHER,
    spec: bareVolume("shop-two-web-data"),
  });
  engine.containers.set("foreign", {
    id: "foreign",
    name: `${OTHER}-web-1`,
    identity: { deployment: OTHER, service: "web", instance: 1, kind: "service" },
    spec: {
      ...BARE_CONTAINER,
      image: imageIdentity("app:1"),
      mounts: [{ kind: "volume", source: "shop-two-web-data", target: "/srv", readOnly: false }],
      publish: [{ port: 80, protocol: "tcp", hostAddress: "", hostPort: 7000 }],
      restart: { name: "always", maximumRetries: 0 },
      networks: [{ name: OTHER, aliases: ["web"] }],
    },
    status: "running",
    health: "none",
    exitCode: undefined,
    hostPorts: new Map([[80, 7000]]),
    files: new Map(),
  });
}

/** All that is not the deployment's, as text: equal before and after means untouched. */
export function foreignState(
  { engine, store }: World,
  { isDestroyed = false }: { readonly isDestroyed?: boolean } = {},
): string {
  const containers = [...engine.containers.values()]
    .filter(({ identity }) => identity.deployment !== DEPLOYMENT)
    .map((item) => ({ ...item, hostPorts: [...item.hostPorts] }));
  const isForeign = ({ deployment }: { deployment: string | undefined }) =>
    deployment !== DEPLOYMENT;
  const entries = store.entries();
  return JSON.stringify({
    containers,
    networks: [...engine.networks.entries()].filter(([, item]) => isForeign(item)),
    volumes: [...engine.volumes.values()].filter(isForeign),
    keys: Object.keys(FOREIGN_KEYS)
      .filter((key) => !isDestroyed || !key.startsWith(`axon/${DEPLOYMENT}/`))
      .map((key) => [key, entries[key]]),
  });
}

async function applyTamper(world: World, tamper: Tamper): Promise<void> {
  if (tamper.kind === "volume") return vanishVolume(world, tamper.pick);
  if (tamper.kind === "key-gone" || tamper.kind === "key-changed") return tamperKey(world, tamper);
  if (tamper.kind === "record") return tamperRecord(world, tamper);
  const ours = [...world.engine.containers.values()].filter(
    ({ identity }) => identity.deployment === DEPLOYMENT,
  );
  const container = ours[tamper.pick % ours.length];
  if (container) tamperContainer(world, tamper, container);
}

function tamperContainer(world: World, tamper: Tamper, container: FakeContainer): void {
  const { engine } = world;
  const isFree = (name: string) =>
    [...engine.containers.values()].every((item) => item.name !== name);
  const { spec } = container;
  switch (tamper.kind) {
    case "status":
      tamperStatus(container, tamper.status);
      return;
    case "vanish":
      engine.containers.delete(container.id);
      return;
    case "duplicate": {
      const { suffix, status } = tamper;
      const name = `${container.name}-${suffix}`;
      const id = `${container.id}-${suffix}`;
      const copy = {
        ...container,
        id,
        name,
        status,
        hostPorts: new Map(),
        files: new Map(container.files),
      };
      if (isFree(name)) engine.containers.set(id, copy);
      return;
    }
    case "rename": {
      const isSpare = tamper.name === "next" || tamper.name === "old";
      const name = isSpare ? `${container.name}-${tamper.name}` : tamper.name;
      if (isFree(name)) container.name = name;
      return;
    }
    case "network":
      container.spec = {
        ...spec,
        networks: [...spec.networks, { name: "office", aliases: [] }],
      };
      return;
    case "alias":
      container.spec = {
        ...spec,
        networks: spec.networks.map(({ name }) => ({ name, aliases: [] })),
      };
      return;
    case "restart":
      container.spec = { ...spec, restart: { name: "no", maximumRetries: 0 } };
  }
}

function tamperStatus(container: FakeContainer, status: FakeContainer["status"]): void {
  // No engine pauses what does not run.
  if (status === "paused" && container.status !== "running") return;
  container.status = status;
  if (status === "paused") return;
  container.health = "none";
  container.exitCode = status === "exited" ? 137 : undefined;
  container.hostPorts = new Map();
}

/** Only a volume that nothing mounts can be removed by hand. */
function vanishVolume({ engine }: World, pick: number): void {
  const mounted = new Set(
    [...engine.containers.values()].flatMap(({ spec }) => spec.mounts.map(({ source }) => source)),
  );
  const free = [...engine.volumes.values()].filter(
    ({ name, deployment }) => deployment === DEPLOYMENT && !mounted.has(name),
  );
  const volume = free[pick % free.length];
  if (volume) engine.volumes.delete(volume.name);
}

async function tamperKey(
  { store }: World,
  { kind, pick }: Extract<Tamper, { kind: "key-gone" | "key-changed" }>,
): Promise<void> {
  const ours = Object.keys(store.entries()).filter(
    (key) =>
      !(key in FOREIGN_KEYS) &&
      (/^axon\/shop\/(config|services)\//.test(key) || key.includes("/shop_")),
  );
  const key = ours[pick % ours.length];
  if (key === undefined) return;
  await store.transact([
    kind === "key-gone" ? { kind: "delete", key } : { kind: "put", key, value: "by hand" },
  ]);
}

async function tamperRecord(
  { store }: World,
  { pick, exitCode }: Extract<Tamper, { kind: "record" }>,
): Promise<void> {
  const records = Object.entries(store.entries()).filter(([key]) =>
    key.startsWith(`axon/${DEPLOYMENT}/state/tasks/`),
  );
  const [key, value] = records[pick % records.length] ?? [];
  if (key === undefined || value === undefined) return;
  const record = { ...(JSON.parse(value) as object), exitCode };
  await store.transact([{ kind: "put", key, value: JSON.stringify(record) }]);
}
