import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openConsul } from "../../../src/kv/consul/consul.ts";
import { openEtcd } from "../../../src/kv/etcd/etcd.ts";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import { openZooKeeper } from "../../../src/kv/zookeeper/zookeeper.ts";
import type { RouteSpec } from "../../../src/model.ts";
import { traefikEntries } from "../../../src/routing/traefik/traefik-entries.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { readKeys } from "../../helpers/axon.ts";
import { route } from "../../helpers/build.ts";
import { startConsul } from "../../helpers/consul.ts";
import { traefikConfiguration } from "../../helpers/decode-traefik.ts";
import { startEtcd } from "../../helpers/etcd.ts";
import { readEtcdKeys } from "../../helpers/stores.ts";
import { startZooKeeper } from "../../helpers/zookeeper.ts";
import { openWitness, type ZooKeeperWitness } from "../../helpers/zookeeper-witness.ts";

interface Place extends AsyncDisposable {
  readonly store: KvStore;
  /** What Traefik's provider for this store lists below its root key, as the server itself tells. */
  listed(): Promise<Record<string, string>>;
}

/** Names of Traefik's providers, and what each of them lists: keys that begin with the root, or a tree of nodes. */
const PROVIDERS: Readonly<Record<string, () => Promise<Place>>> = {
  consul: async () => {
    const server = await startConsul();
    const store = await openConsul(server.address);
    return place(server, store, () => readKeys(server.url, "traefik"));
  },
  etcd: async () => {
    const server = await startEtcd();
    const store = await openEtcd(server.address);
    return place(server, store, () => readEtcdKeys(server, "traefik"));
  },
  zookeeper: async () => {
    const server = await startZooKeeper();
    const store = await openZooKeeper({ ...server.address, chroot: "" });
    const witness = await openWitness(server.address);
    const listed = async () => Object.fromEntries(await nodesBelow(witness, "/traefik"));
    const both = {
      [Symbol.asyncDispose]: async () => {
        witness[Symbol.dispose]();
        await server[Symbol.asyncDispose]();
      },
    };
    return place(both, store, listed);
  },
};

function place(
  server: AsyncDisposable,
  store: KvStore,
  listed: () => Promise<Record<string, string>>,
): Place {
  return {
    store,
    listed,
    [Symbol.asyncDispose]: async () => {
      await store.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Every node, also those that only hold others: that is what Traefik gets. */
async function nodesBelow(
  witness: ZooKeeperWitness,
  folder: string,
): Promise<readonly (readonly [string, string])[]> {
  const names = await witness.children(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = `${folder}/${name}`;
      const own = [path.slice(1), (await witness.data(path)) ?? ""] as const;
      return [own, ...(await nodesBelow(witness, path))];
    }),
  );
  return found.flat();
}

const signedBy = (name: string): RouteSpec["tls"] => ({
  kind: "certificate",
  certificate: `-----BEGIN CERTIFICATE-----\n${name},x\n-----END CERTIFICATE-----\n`,
  key: new Secret(`-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----\n`),
});

const ROUTES: readonly RouteSpec[] = [
  route("shop_example.org", { tls: signedBy("a"), redirect: "https" }),
  route("shop_example.org_a_b", {
    path: "/a/b",
    rewrite: "/c",
    auth: { mode: "digest", realm: "r", users: [new Secret("a:r:1"), new Secret("b:r:2")] },
  }),
  route("blog_wildcard.example.org", {
    domain: "*.example.org",
    tls: { kind: "acme", resolver: "dns" },
  }),
  route("shop_db.example.org", { kind: "tcp", domain: "db.example.org", tls: signedBy("b") }),
];

const SERVERS = Array.from({ length: 12 }, (_, index) => `web-${index + 1}:80`);

function entriesOf(spec: RouteSpec): Record<string, string> {
  const entries = Object.entries(traefikEntries(spec, SERVERS));
  return Object.fromEntries(entries.map(([key, value]) => [key, reveal(value)]));
}

describe.each(Object.entries(PROVIDERS))("Traefik's provider for %s", (_, open) => {
  let at: Place;

  beforeAll(async () => {
    at = await open();
    for (const spec of ROUTES) {
      const puts = Object.entries(entriesOf(spec)).map(([key, value]) => ({
        kind: "put" as const,
        key,
        value,
      }));
      expect(await at.store.transact(puts)).toEqual({ kind: "written" });
    }
  });

  afterAll(() => at?.[Symbol.asyncDispose]());

  test("takes every route as it is meant", async () => {
    const { http, tcp, tls } = traefikConfiguration(await at.listed());
    const wanted = traefikConfiguration(Object.assign({}, ...ROUTES.map(entriesOf)));
    expect({ http, tcp, tls }).toEqual(wanted);
    expect(Object.keys(http.routers)).toEqual([
      "blog_wildcard.example.org",
      "blog_wildcard.example.org=plain",
      "shop_example.org",
      "shop_example.org=plain",
      "shop_example.org_a_b",
    ]);
    const servers = http.services["shop_example.org"]?.loadbalancer.servers;
    expect(servers?.map(({ url }) => url)).toEqual(SERVERS.map((server) => `http://${server}`));
    expect(tls.certificates.map(({ certfile }) => certfile)).toEqual([
      expect.stringContaining("b,x"),
      expect.stringContaining("a,x"),
    ]);
  });

  test("has nothing left of a route that is gone, and nothing that would spoil the others", async () => {
    const [first, ...others] = ROUTES.map(entriesOf);
    for (const gone of [first ?? {}, ...others.slice(0, -1)]) {
      const deletes = Object.keys(gone).map((key) => ({ kind: "delete" as const, key }));
      expect(await at.store.transact(deletes)).toEqual({ kind: "written" });
      const listed = await at.listed();
      const left = Object.keys(listed).filter((key) => Object.hasOwn(gone, key));
      expect(left).toEqual([]);
      expect(() => traefikConfiguration(listed)).not.toThrow();
    }
    expect(traefikConfiguration(await at.listed())).toEqual(
      traefikConfiguration(others.at(-1) ?? {}),
    );
  });
});
