import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { resolveStoreAddress } from "../../../src/cli/store-address.ts";

const PLAIN = { kind: "consul", host: "store", port: 8500, secure: false };

function resolve(flag: string | undefined, env: Record<string, string> = {}) {
  return resolveStoreAddress({ flag, env });
}

describe("which store", () => {
  test("is the managed one when nothing names another", () => {
    expect(resolve(undefined)).toEqual({ kind: "managed" });
    expect(resolve("", { AXON_KV: "", CONSUL_HTTP_ADDR: "" })).toEqual({ kind: "managed" });
  });

  test("is the flag's, then AXON_KV's, then CONSUL_HTTP_ADDR's", () => {
    const env = { AXON_KV: "consul://b", CONSUL_HTTP_ADDR: "c:8500" };
    expect(resolve("consul://a", env)).toMatchObject({ host: "a" });
    expect(resolve(undefined, env)).toMatchObject({ host: "b" });
    expect(resolve(undefined, { ...env, AXON_KV: "" })).toMatchObject({ host: "c" });
  });

  test("is not silently another when the stronger name is wrong", () => {
    const env = { CONSUL_HTTP_ADDR: "c:8500" };
    expect(() => resolve("nonsense", env)).toThrow(expect.objectContaining({ code: "USAGE" }));
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
  ])("%s is understood", (text, address) => {
    expect(resolve(text)).toEqual(address);
    expect(resolve(undefined, { AXON_KV: text })).toEqual(address);
    expect(resolve(undefined, { CONSUL_HTTP_ADDR: text })).toEqual(address);
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
    "unix:///run/consul.sock",
    "redis://store",
  ])("%s is refused", (text) => {
    expect(() => resolve(text)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });

  test.each(["etcd://store", "zookeeper://store:2181", "zk://store"])(
    "%s is said to be not supported yet",
    (text) => {
      const message = expect.stringContaining("not supported yet");
      expect(() => resolve(text)).toThrow(expect.objectContaining({ code: "USAGE", message }));
    },
  );

  test.each(["consul://me:hunter2@store:8500", "consul://hunter2@store", "https://:hunter2@store"])(
    "%s is refused for its credential, which is not repeated",
    (text) => {
      let error: unknown;
      try {
        resolve(text);
      } catch (thrown) {
        error = thrown;
      }
      const hint = expect.stringContaining("CONSUL_HTTP_TOKEN");
      expect(error).toMatchObject({ code: "USAGE", hint });
      expect(inspect(error)).not.toContain("hunter2");
    },
  );
});

describe("Consul's own variables", () => {
  test.each(["1", "true", "T"])("CONSUL_HTTP_SSL=%s asks for TLS where no scheme does", (ssl) => {
    const env = { CONSUL_HTTP_SSL: ssl };
    expect(resolve(undefined, { ...env, CONSUL_HTTP_ADDR: "store:8501" })).toMatchObject({
      port: 8501,
      secure: true,
    });
    expect(resolve(undefined, { ...env, CONSUL_HTTP_ADDR: "http://store:1" })).toMatchObject({
      secure: false,
    });
    expect(resolve("consul://store", env)).toMatchObject({ secure: false });
  });

  test("a bare host gets Consul's usual port", () => {
    expect(resolve(undefined, { CONSUL_HTTP_ADDR: "store" })).toEqual(PLAIN);
  });

  test("the token goes with any address, and is not shown", () => {
    const address = resolve("consul://store", { CONSUL_HTTP_TOKEN: "hunter2" });
    expect(address.kind === "consul" && address.token?.reveal()).toBe("hunter2");
    expect(JSON.stringify(address) + inspect(address)).not.toContain("hunter2");
  });

  test("certificates are named by their files", () => {
    const address = resolve("consuls://store", {
      CONSUL_CACERT: "/ca.pem",
      CONSUL_CLIENT_CERT: "/cert.pem",
      CONSUL_CLIENT_KEY: "/key.pem",
      CONSUL_TLS_SERVER_NAME: "server.dc1.consul",
      CONSUL_HTTP_SSL_VERIFY: "false",
    });
    expect(address).toMatchObject({
      tls: {
        caFile: "/ca.pem",
        certFile: "/cert.pem",
        keyFile: "/key.pem",
        serverName: "server.dc1.consul",
        verify: false,
      },
    });
  });
});
