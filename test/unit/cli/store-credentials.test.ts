import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { resolveStoreAddress } from "../../../src/cli/store-address.ts";
import type { EtcdAddress } from "../../../src/kv/store-address.ts";

const FILES: Record<string, string> = {
  "/run/token": "from-file\n",
  "/run/password": " hunter2 \r\n",
  "/run/empty": "\n",
};

async function resolve(flag: string, env: Record<string, string>) {
  const readFile = async (path: string) => {
    const text = FILES[path];
    if (text === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
    return text;
  };
  return await resolveStoreAddress({ flag, env, readFile });
}

async function tokenFrom(env: Record<string, string>): Promise<string | undefined> {
  const address = await resolve("consul://store", env);
  return address.kind === "consul" ? address.token?.reveal() : undefined;
}

async function loginFrom(kind: string, env: Record<string, string>) {
  const address = await resolve(`${kind}://store`, env);
  if (address.kind !== "etcd" && address.kind !== "zookeeper") throw new Error(address.kind);
  return address.login && [address.login.user, address.login.password.reveal()];
}

describe("a token", () => {
  test("is in no variable: there is none", async () => {
    expect(await tokenFrom({})).toBeUndefined();
    expect(await tokenFrom({ AXON_KV_TOKEN: "", CONSUL_HTTP_TOKEN: "" })).toBeUndefined();
  });

  test.each([
    [{ CONSUL_HTTP_TOKEN: "a" }, "a"],
    [{ CONSUL_HTTP_TOKEN: "a", CONSUL_HTTP_TOKEN_FILE: "/run/token" }, "from-file"],
    [{ CONSUL_HTTP_TOKEN_FILE: "/run/token", AXON_KV_TOKEN: "b" }, "b"],
    [{ AXON_KV_TOKEN: "b", AXON_KV_TOKEN_FILE: "/run/token" }, "from-file"],
  ])("of %j is %s", async (env, token) => {
    expect(await tokenFrom(env)).toBe(token);
  });

  test.each(["/run/empty", "/run/gone"])("cannot be in %s, which is said", async (file) => {
    const attempt = tokenFrom({ AXON_KV_TOKEN_FILE: file, AXON_KV_TOKEN: "b" });
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringContaining(file),
      hint: expect.stringContaining("AXON_KV_TOKEN_FILE"),
    });
  });

  test("is for Consul only", async () => {
    const attempt = resolve("etcd://store", { AXON_KV_TOKEN: "hunter2" });
    const error: unknown = await attempt.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "USAGE" });
    expect(inspect(error)).not.toContain("hunter2");
    expect(await loginFrom("etcd", { CONSUL_HTTP_TOKEN: "of another store" })).toBeUndefined();
  });
});

describe.each(["etcd", "zookeeper"])("a login of %s", (kind) => {
  test("is a user and a password, from the environment or a file", async () => {
    expect(await loginFrom(kind, {})).toBeUndefined();
    const env = { AXON_KV_USER: "me", AXON_KV_PASSWORD: "a:b" };
    expect(await loginFrom(kind, env)).toEqual(["me", "a:b"]);
    const fromFile = { ...env, AXON_KV_PASSWORD_FILE: "/run/password" };
    expect(await loginFrom(kind, fromFile)).toEqual(["me", " hunter2 "]);
  });

  test.each([{ AXON_KV_USER: "me" }, { AXON_KV_PASSWORD: "hunter2" }])(
    "is not one half of it, as in %j",
    async (env) => {
      const error: unknown = await loginFrom(kind, env).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "USAGE" });
      expect(inspect(error)).not.toContain("hunter2");
    },
  );

  test("is not for Consul", async () => {
    const env = { AXON_KV_USER: "me", AXON_KV_PASSWORD: "hunter2" };
    await expect(tokenFrom(env)).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("etcdctl's own login", () => {
  test.each([
    { ETCDCTL_USER: "me:a:b" },
    { ETCDCTL_USER: "me", ETCDCTL_PASSWORD: "a:b" },
    { ETCDCTL_USER: "me:other", ETCDCTL_PASSWORD: "a:b" },
  ])("is understood: %j", async (env) => {
    expect(await loginFrom("etcd", env)).toEqual(["me", "a:b"]);
    expect(await loginFrom("zookeeper", env)).toBeUndefined();
  });

  test("gives way to Axon's", async () => {
    const env = { ETCDCTL_USER: "me:a", AXON_KV_USER: "you", AXON_KV_PASSWORD: "b" };
    expect(await loginFrom("etcd", env)).toEqual(["you", "b"]);
  });

  test("needs a password", async () => {
    await expect(loginFrom("etcd", { ETCDCTL_USER: "me" })).rejects.toMatchObject({
      code: "USAGE",
    });
  });
});

describe("TLS", () => {
  const general = {
    AXON_KV_CACERT: "/ca.pem",
    AXON_KV_CERT: "/cert.pem",
    AXON_KV_KEY: "/key.pem",
    AXON_KV_SERVER_NAME: "server.dc1.consul",
  };
  const files = { caFile: "/ca.pem", certFile: "/cert.pem", keyFile: "/key.pem" };
  const all = { ...files, serverName: "server.dc1.consul", verify: true };

  test.each([
    ["consuls", general, all],
    ["etcds", general, all],
    ["zookeepers", general, all],
    [
      "consuls",
      {
        CONSUL_CACERT: "/ca.pem",
        CONSUL_CLIENT_CERT: "/cert.pem",
        CONSUL_CLIENT_KEY: "/key.pem",
        CONSUL_TLS_SERVER_NAME: "server.dc1.consul",
        CONSUL_HTTP_SSL_VERIFY: "false",
      },
      { ...all, verify: false },
    ],
    [
      "etcds",
      { ETCDCTL_CACERT: "/ca.pem", ETCDCTL_CERT: "/cert.pem", ETCDCTL_KEY: "/key.pem" },
      { ...files, verify: true },
    ],
    ["etcds", { ETCDCTL_INSECURE_SKIP_TLS_VERIFY: "true" }, { verify: false }],
    ["zookeepers", { CONSUL_HTTP_SSL_VERIFY: "false", CONSUL_CACERT: "/ca.pem" }, { verify: true }],
    ["consuls", { CONSUL_CACERT: "/other.pem", ...general }, all],
  ])("of %s with %j", async (scheme, env, tls) => {
    expect(await resolve(`${scheme}://store`, env)).toMatchObject({ secure: true, tls });
  });

  test("knows which variable names each file", async () => {
    const env = { ...general, AXON_KV_KEY: "", ETCDCTL_KEY: "/key.pem" };
    const { tls } = (await resolve("etcds://store", env)) as EtcdAddress;
    expect(tls?.variables).toMatchObject({
      caFile: "AXON_KV_CACERT",
      certFile: "AXON_KV_CERT",
      keyFile: "ETCDCTL_KEY",
    });
  });

  test("plays no part where the connection is not secure", async () => {
    expect(await resolve("etcd://store", general)).not.toHaveProperty("tls");
  });
});

test("secrets are not shown by what prints an address", async () => {
  const env = { AXON_KV_USER: "me", AXON_KV_PASSWORD: "hunter2" };
  const shown = [
    await resolve("etcd://store", env),
    await resolve("zookeeper://store", env),
    await resolve("consul://store", { AXON_KV_TOKEN: "hunter2" }),
  ];
  expect(JSON.stringify(shown) + inspect(shown, { depth: 10 })).not.toContain("hunter2");
});
