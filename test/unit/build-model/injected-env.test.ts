import { expect, test } from "vitest";
import type { StoreAccess } from "../../../src/build-model/build-input.ts";
import { build } from "./build.ts";

function storeEnv(store: Omit<StoreAccess, "alias">) {
  const { services } = build("web: {image: web}", { store: { ...store, alias: undefined } }).model;
  const env = services.web?.container.env ?? {};
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => /^(CONFIG|CONSUL|AXON_KV)_/.test(name)),
  );
}

test.each<[Omit<StoreAccess, "alias">, string]>([
  [{ kind: "etcd", scheme: "etcds", hostAndPort: "a:2379,b:2379" }, "etcds://a:2379,b:2379"],
  [
    { kind: "zookeeper", scheme: "zookeeper", hostAndPort: "a:2181,b:2181/axon" },
    "zookeeper://a:2181,b:2181/axon",
  ],
])("a container is told where the store is: %j", (store, url) => {
  expect(storeEnv(store)).toEqual({
    AXON_KV_PREFIX: "axon/shop/config",
    CONFIG_URL: url,
    CONFIG_SCHEME: store.scheme,
    CONFIG_HOST_AND_PORT: store.hostAndPort,
  });
});

test("Consul's own variable is for Consul only", () => {
  const store = { kind: "consul", scheme: "http", hostAndPort: "consul:8500" } as const;
  expect(storeEnv(store)).toMatchObject({
    CONFIG_URL: "http://consul:8500",
    CONSUL_HTTP_ADDR: "http://consul:8500",
  });
});
