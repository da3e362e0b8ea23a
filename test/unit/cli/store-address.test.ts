import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { resolveStoreAddress } from "../../../src/cli/store-address.ts";
import { describeAddress } from "../../../src/kv/store-address.ts";

const PLAIN = { kind: "consul", host: "store", port: 8500, secure: false };
const ETCD = { kind: "etcd", hosts: [{ host: "store", port: 2379 }], secure: false };
const ZOOKEEPER = {
  kind: "zookeeper",
  hosts: [{ host: "store", port: 2181 }],
  secure: false,
  chroot: "",
};

function resolve(flag: string | undefined, env: Record<string, string> = {}) {
  return resolveStoreAddress({ flag, env, readFile: () => Promise.reject(new Error("no files")) });
}

describe("which store", () => {
  test("is the managed one when nothing names another", async () => {
    expect(await resolve(undefined)).toEqual({ kind: "managed" });
    expect(await resolve("", { AXON_KV: "", CONSUL_HTTP_ADDR: "" })).toEqual({ kind: "managed" });
  });

  test("is the flag's, then AXON_KV's, then CONSUL_HTTP_ADDR's", async () => {
    const env = { AXON_KV: "consul://b", CONSUL_HTTP_ADDR: "c:8500" };
    expect(await resolve("consul://a", env)).toMatchObject({ host: "a" });
    expect(await resolve(undefined, env)).toMatchObject({ host: "b" });
    expect(await resolve(undefined, { ...env, AXON_KV: "" })).toMatchObject({ host: "c" });
  });

  test("is not silently another when the stronger name is wrong", async () => {
    const env = { CONSUL_HTTP_ADDR: "c:8500" };
    await expect(resolve("nonsense", env)).rejects.toMatchObject({ code: "USAGE" });
  });

  test("is a Consul where Consul's own variable names it", async () => {
    const attempt = resolve(undefined, { CONSUL_HTTP_ADDR: "etcd://store" });
    await expect(attempt).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("an address", () => {
  test.each([
    ["consul://store", PLAIN],
    ["consul://store:8500/", PLAIN],
    ["CONSUL://store:8500", PLAIN],
    ["http://store:8500", PLAIN],
    ["http://store", { ...PLAIN, port: 80 }],
    ["consul://10.0.0.5:80", { ...PLAIN, host: "10.0.0.5", port: 80 }],
    ["consul://[::1]:8500", { ...PLAIN, host: "::1" }],
    ["consuls://store", { ...PLAIN, port: 8501, secure: true, tls: { verify: true } }],
    ["https://store", { ...PLAIN, port: 443, secure: true, tls: { verify: true } }],
    ["https://store:443", { ...PLAIN, port: 443, secure: true, tls: { verify: true } }],
  ])("%s is understood", async (text, address) => {
    expect(await resolve(text)).toEqual(address);
    expect(await resolve(undefined, { AXON_KV: text })).toEqual(address);
    expect(await resolve(undefined, { CONSUL_HTTP_ADDR: text })).toEqual(address);
  });

  test.each([
    ["etcd://store", ETCD],
    ["etcd://store:2379/", ETCD],
    ["etcds://store", { ...ETCD, secure: true, tls: { verify: true } }],
    ["zookeeper://store", ZOOKEEPER],
    ["zookeeper://store:2181/", ZOOKEEPER],
    ["zookeeper://store/a.b/c-d", { ...ZOOKEEPER, chroot: "/a.b/c-d" }],
    [
      "zookeepers://store",
      {
        ...ZOOKEEPER,
        hosts: [{ host: "store", port: 2281 }],
        secure: true,
        tls: { verify: true },
      },
    ],
  ])("%s is understood as well", async (text, address) => {
    expect(await resolve(text)).toEqual(address);
    expect(await resolve(undefined, { AXON_KV: text })).toEqual(address);
  });

  test.each([
    ["etcd://a,b:80,[::1]:1", 2379, "::1"],
    ["zookeeper://a,b:80,c:1/axon", 2181, "c"],
  ])("%s has several hosts, each with a port or the usual one", async (text, usual, last) => {
    expect(await resolve(text)).toMatchObject({
      hosts: [
        { host: "a", port: usual },
        { host: "b", port: 80 },
        { host: last, port: 1 },
      ],
    });
  });

  test.each([
    ["consul://store", "consul://store:8500"],
    ["https://store", "consuls://store:443"],
    ["etcds://a,[::1]:1", "etcds://a:2379,[::1]:1"],
    ["zookeeper://a,b/axon/", "zookeeper://a:2181,b:2181/axon"],
  ])("%s is described as %s", async (text, described) => {
    const address = await resolve(text, { AXON_KV_CERT: "/cert.pem" });
    expect(address.kind !== "managed" && describeAddress(address)).toBe(described);
  });

  test.each([
    "store:8500",
    "store",
    "://store",
    "consul://",
    "consul://:8500",
    "consul://store:99999",
    "consul://store:0",
    "consul://store:x",
    "consul://store/prefix",
    "consul://store?dc=1",
    "consul://store#x",
    "consul://a b",
    "consul://a,b",
    "unix:///run/consul.sock",
    "redis://store",
    "etcd://",
    "etcd://a,",
    "etcd://a,,b",
    "etcd://a b",
    "etcd://a/prefix",
    "etcd://http://a:2379",
    "zookeeper://",
    "zookeeper:///axon",
    "zookeeper://a//b",
    "zookeeper://a/../b",
    "zookeeper://a/b c",
    "zookeeper://a/zookeeper/quota",
    "zookeeper://a/b,c:2181",
  ])("%s is refused", async (text) => {
    await expect(resolve(text)).rejects.toMatchObject({ code: "USAGE" });
  });

  test.each([
    ["consul://me:hunter2@store:8500", "CONSUL_HTTP_TOKEN"],
    ["consul://hunter2@store", "CONSUL_HTTP_TOKEN"],
    ["https://:hunter2@store", "CONSUL_HTTP_TOKEN"],
    ["consul://me:hun/hunter2@store", "CONSUL_HTTP_TOKEN"],
    ["etcd://me:hunter2@store", "AXON_KV_PASSWORD"],
    ["etcd://a,me:hunter2@store", "AXON_KV_PASSWORD"],
    ["zookeeper://me:hunter2@store", "AXON_KV_PASSWORD"],
  ])("%s is refused for its credential, which is not repeated", async (text, variable) => {
    const error: unknown = await resolve(text).catch((thrown: unknown) => thrown);
    const hint = expect.stringContaining(variable);
    expect(error).toMatchObject({ code: "USAGE", hint });
    expect(inspect(error)).not.toContain("hunter2");
  });
});

describe("Consul's own variables", () => {
  test.each(["1", "true", "T"])(
    "CONSUL_HTTP_SSL=%s asks for TLS where no scheme does",
    async (ssl) => {
      const env = { CONSUL_HTTP_SSL: ssl };
      expect(await resolve(undefined, { ...env, CONSUL_HTTP_ADDR: "store:8501" })).toMatchObject({
        port: 8501,
        secure: true,
      });
      expect(
        await resolve(undefined, { ...env, CONSUL_HTTP_ADDR: "http://store:1" }),
      ).toMatchObject({ secure: false });
      expect(await resolve("consul://store", env)).toMatchObject({ secure: false });
    },
  );

  test("a bare host gets Consul's usual port", async () => {
    expect(await resolve(undefined, { CONSUL_HTTP_ADDR: "store" })).toEqual(PLAIN);
  });
});
