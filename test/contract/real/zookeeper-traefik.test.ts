import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { KvWrite } from "../../../src/kv/kv-store.ts";
import { openZooKeeper } from "../../../src/kv/zookeeper/zookeeper.ts";
import type { RouteSpec } from "../../../src/model.ts";
import { decodeTraefik } from "../../../src/routing/traefik/decode.ts";
import { traefikEntries } from "../../../src/routing/traefik/traefik-entries.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { providerEnv, traefikEnv } from "../../../src/system/traefik-env.ts";
import { route } from "../../helpers/build.ts";
import { startZooKeeper, type TestZooKeeper } from "../../helpers/zookeeper.ts";
import { openWitness, type ZooKeeperWitness } from "../../helpers/zookeeper-witness.ts";

const SPEC: RouteSpec = {
  ...route("shop_example.org"),
  path: "/a",
  rewrite: "/",
  auth: { mode: "basic", realm: "protected", users: [new Secret("a:$2y$"), new Secret("b:c")] },
  servers: [...Array(12).keys()].map((at) => ({ service: "web", instance: at + 1, port: 80 })),
};
const ENTRIES = Object.fromEntries(
  Object.entries(
    traefikEntries(
      SPEC,
      SPEC.servers.map((_, at) => `shop-web-${at + 1}:80`),
    ),
  ).map(([key, value]) => [key, reveal(value)]),
);
const WRITES: readonly KvWrite[] = Object.entries(ENTRIES).map(([key, value]) => ({
  kind: "put",
  key,
  value,
}));

let server: TestZooKeeper;

beforeAll(async () => {
  server = await startZooKeeper();
});

afterAll(() => server?.[Symbol.asyncDispose]());

async function world(chroot = "") {
  const store = await openZooKeeper({ ...server.address, chroot });
  const witness = await openWitness(server.address);
  onTestFinished(async () => {
    await store.close();
    witness[Symbol.dispose]();
  });
  return { store, witness };
}

/** As Traefik's client lists them: nodes that are folders, too, with nothing in them. */
async function listed(
  witness: ZooKeeperWitness,
  folder = "/traefik",
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await witness.children(folder)) {
    const path = `${folder}/${name}`;
    Object.assign(found, await listed(witness, path), {
      [path.slice(1)]: (await witness.data(path)) ?? "",
    });
  }
  return found;
}

test("Traefik makes the same of the nodes as of the keys, and of nothing when they are gone", async () => {
  const { store, witness } = await world();
  expect(await store.transact(WRITES)).toEqual({ kind: "written" });
  const nodes = await listed(witness);
  expect(Object.keys(nodes).length).toBeGreaterThan(Object.keys(ENTRIES).length);
  expect(decodeTraefik(nodes)).toEqual(decodeTraefik(ENTRIES));
  expect(decodeTraefik(nodes).poison).toEqual([]);
  await store.transact(Object.keys(ENTRIES).map((key) => ({ kind: "delete", key })));
  expect(await listed(witness)).toEqual({});
  expect(await store.listKeys("traefik")).toEqual([]);
});

test("Traefik, which knows no chroot, finds the same at the root key that its settings and the page name", async () => {
  const chroot = "/deployments";
  const { store, witness } = await world(chroot);
  await store.transact(WRITES);
  const noAcme = { email: undefined, server: undefined, root: undefined };
  const settings = traefikEnv(providerEnv({ address: { ...server.address, chroot } }), noAcme);
  const root = String(settings.TRAEFIK_PROVIDERS_ZOOKEEPER_ROOTKEY);
  const page = await readFile("docs/your-own.md", "utf8");
  expect(page).toContain(`--providers.zookeeper.rootkey=${root}\``);
  expect(decodeTraefik(await listed(witness, `/${root}`), root)).toEqual(decodeTraefik(ENTRIES));
});

test("Traefik, which watches the first level only, is told of every change", async () => {
  const { store, witness } = await world();
  await store.transact(WRITES);
  const [first] = WRITES;
  if (first?.kind !== "put") throw new Error("no key");
  const changes: readonly KvWrite[] = [
    { ...first, value: "new" },
    { kind: "delete", key: first.key },
    { kind: "deleteTree", prefix: "traefik/" },
    first,
  ];
  for (const change of changes) {
    const { told } = await witness.watch("/traefik");
    await store.transact([change]);
    await told;
  }
});
