import { describe, expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { routerWish } from "../../../src/cli/router-wish.ts";
import { readsManagedStore } from "../../../src/cli/traefik-provider.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { containerSpec, imageFacts, liveContainer } from "../../helpers/build.ts";
import { FakeEngine } from "../../helpers/fake-engine.ts";

const FILES: Readonly<Record<string, string>> = {
  "/axon-token": "of-axon-in-a-file",
  "/router-token": "of-the-router-in-a-file",
  "/ca.pem": "AUTHORITY",
};

/** The variables of a Traefik that is to read that store, in the clear. */
async function envOf(
  kv: string | undefined,
  env: Readonly<Record<string, string>>,
  there?: Readonly<Record<string, string>>,
) {
  const unsaid = { acmeEmail: undefined, acmeServer: undefined, acmeRoot: undefined };
  const flags = { ...unsaid, kind: "traefik", kv, http: undefined, https: undefined } as const;
  const engine = new FakeEngine().addImage(imageFacts("traefik:v3"));
  const context: Partial<Context> = {
    env,
    cwd: "/",
    stop: new AbortController().signal,
    readFile: async (path) => FILES[path] ?? "",
  };
  const image = { ...containerSpec().image, reference: "traefik:v3" };
  const live = there && liveContainer({ spec: containerSpec({ image, env: there }) });
  const token = new Secret("of-the-managed-store");
  const place = { engine, kind: "traefik", live, token } as const;
  const { wish } = await routerWish(flags, place, context as Context);
  return Object.fromEntries(Object.entries(wish.env).map(([name, text]) => [name, reveal(text)]));
}

const CONSUL = "consul://10.0.0.5:8500";
const ETCD = "etcd://10.0.0.5:2379";
const CONSUL_OF_AXON = {
  AXON_KV_TOKEN: "of-axon",
  CONSUL_HTTP_TOKEN: "of-axon-too",
  AXON_KV_TOKEN_FILE: "/axon-token",
  CONSUL_HTTP_TOKEN_FILE: "/axon-token",
};
const ETCD_OF_AXON = {
  AXON_KV_USER: "of-axon",
  AXON_KV_PASSWORD: "of-axon-secret",
  ETCDCTL_USER: "of-axon:of-axon-too",
  ETCDCTL_PASSWORD: "of-axon-as-well",
};

describe("what Axon comes into the store with", () => {
  test.each(Object.entries(CONSUL_OF_AXON))("is not handed on: %s", async (name, value) => {
    const env = await envOf(CONSUL, { [name]: value });
    expect(JSON.stringify(env)).not.toContain("of-axon");
    expect(env).not.toHaveProperty("TRAEFIK_PROVIDERS_CONSUL_TOKEN");
  });

  test("is not handed on: a user of etcd and its password", async () => {
    const env = await envOf(ETCD, ETCD_OF_AXON);
    expect(JSON.stringify(env)).not.toContain("of-axon");
    expect(env).not.toHaveProperty("TRAEFIK_PROVIDERS_ETCD_USERNAME");
    const { ETCDCTL_USER, ETCDCTL_PASSWORD } = ETCD_OF_AXON;
    const others = await envOf(ETCD, { ETCDCTL_USER, ETCDCTL_PASSWORD });
    expect(JSON.stringify(others)).not.toContain("of-axon");
  });
});

describe("what is for the router alone", () => {
  test("is a token of Consul", async () => {
    const given = { ...CONSUL_OF_AXON, AXON_ROUTER_KV_TOKEN: "of-the-router" };
    const env = await envOf(CONSUL, given);
    expect(env).toMatchObject({ TRAEFIK_PROVIDERS_CONSUL_TOKEN: "of-the-router" });
    expect(JSON.stringify(env)).not.toContain("of-axon");
  });

  test("is a file with one", async () => {
    const given = { ...CONSUL_OF_AXON, AXON_ROUTER_KV_TOKEN_FILE: "/router-token" };
    expect(await envOf(CONSUL, given)).toMatchObject({
      TRAEFIK_PROVIDERS_CONSUL_TOKEN: "of-the-router-in-a-file",
    });
  });

  test("is a user of etcd with a password", async () => {
    const own = { AXON_ROUTER_KV_USER: "router", AXON_ROUTER_KV_PASSWORD: "of-the-router" };
    const env = await envOf(ETCD, { ...ETCD_OF_AXON, ...own });
    expect(env).toMatchObject({
      TRAEFIK_PROVIDERS_ETCD_USERNAME: "router",
      TRAEFIK_PROVIDERS_ETCD_PASSWORD: "of-the-router",
    });
    expect(JSON.stringify(env)).not.toContain("of-axon");
  });
});

describe("a store with TLS", () => {
  const ca = { AXON_KV_CACERT: "/ca.pem" };

  test.each(["consuls://kv.example.org:8501", "etcds://kv.example.org:2379"])(
    "is known by the certificate of its authority: %s",
    async (kv) => {
      expect(Object.values(await envOf(kv, ca))).toContain("AUTHORITY");
    },
  );

  test.each([
    ["consuls://kv.example.org:8501", { AXON_KV_CERT: "/mine.pem", AXON_KV_KEY: "/mine.key" }],
    ["consuls://kv.example.org:8501", { CONSUL_CLIENT_CERT: "/mine.pem" }],
    ["etcds://kv.example.org:2379", { AXON_KV_CERT: "/mine.pem", AXON_KV_KEY: "/mine.key" }],
    ["etcds://kv.example.org:2379", { ETCDCTL_KEY: "/mine.key" }],
    ["etcds://10.0.0.5:2379", { AXON_KV_SERVER_NAME: "kv.example.org" }],
    ["zookeepers://kv.example.org:2281", {}],
  ])("that Traefik would not get into is refused: %s with %o", async (kv, env) => {
    const hint = expect.stringContaining("--kind caddy");
    await expect(envOf(kv, { ...ca, ...env })).rejects.toMatchObject({ code: "USAGE", hint });
  });
});

describe("a router that is there", () => {
  const ofTraefik = (env: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(env).filter(([name]) => name.startsWith("TRAEFIK_PROVIDERS_")),
    );
  const OWN = {
    TRAEFIK_PROVIDERS_ETCD_ENDPOINTS: "10.0.0.5:2379",
    TRAEFIK_PROVIDERS_ETCD_ROOTKEY: "traefik",
    TRAEFIK_PROVIDERS_ETCD_USERNAME: "router",
    TRAEFIK_PROVIDERS_ETCD_PASSWORD: "of-the-router",
  };
  const MANAGED = {
    TRAEFIK_PROVIDERS_CONSUL_ENDPOINTS: "consul:8500",
    TRAEFIK_PROVIDERS_CONSUL_ROOTKEY: "traefik",
    TRAEFIK_PROVIDERS_CONSUL_TOKEN: "of-the-managed-store",
  };

  test("goes on with its store and its password where neither is said", async () => {
    expect(ofTraefik(await envOf(undefined, {}, OWN))).toEqual(OWN);
  });

  test("gets the one that is said, in whatever way", async () => {
    const other = { TRAEFIK_PROVIDERS_CONSUL_ENDPOINTS: "10.0.0.5:8500" };
    expect(ofTraefik(await envOf(CONSUL, {}, OWN))).toMatchObject(other);
    expect(ofTraefik(await envOf(undefined, { AXON_KV: CONSUL }, OWN))).toMatchObject(other);
    expect(ofTraefik(await envOf("", {}, OWN))).toEqual(MANAGED);
  });

  test("of the managed store gets a token that is good there now", async () => {
    const earlier = { ...MANAGED, TRAEFIK_PROVIDERS_CONSUL_TOKEN: "of-earlier" };
    expect(ofTraefik(await envOf(undefined, {}, earlier))).toEqual(MANAGED);
  });

  test("gets no password for a store that is not said", async () => {
    await expect(envOf(undefined, { AXON_ROUTER_KV_PASSWORD: "new" }, OWN)).rejects.toMatchObject({
      code: "USAGE",
      message: "AXON_ROUTER_KV_PASSWORD is set, and not the store that it is for",
    });
  });
});

describe("whether it reads the managed store", () => {
  const OWN = containerSpec({ env: { TRAEFIK_PROVIDERS_ETCD_ENDPOINTS: "10.0.0.5:2379" } });

  test.for([
    [undefined, undefined, true],
    [undefined, OWN, false],
    ["", OWN, true],
    [CONSUL, undefined, false],
  ] as const)("with --kv %s", async ([kv, spec, expected]) => {
    const context: Partial<Context> = { env: {}, readFile: async () => "" };
    const live = spec && liveContainer({ spec });
    expect(await readsManagedStore({ kv }, live, context as Context)).toBe(expected);
  });
});
