import { describe, expect, test } from "vitest";
import type { StoreAddress } from "../../../src/kv/store-address.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { traefikEnv } from "../../../src/system/traefik-env.ts";

function provider(address: StoreAddress, authority?: string) {
  const env = traefikEnv({ address, authority }, undefined);
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith("TRAEFIK_PROVIDERS_")
        ? [[name.slice("TRAEFIK_PROVIDERS_".length), reveal(value)]]
        : [],
    ),
  );
}

const ensemble = [
  { host: "10.0.0.5", port: 1 },
  { host: "::5", port: 2 },
];

describe("Traefik's provider", () => {
  test("of Consul has its token, which is secret", () => {
    const token = new Secret("change-me");
    const address = { kind: "consul", host: "consul", port: 8500, secure: false, token } as const;
    expect(provider(address)).toEqual({
      CONSUL_ENDPOINTS: "consul:8500",
      CONSUL_ROOTKEY: "traefik",
      CONSUL_TOKEN: "change-me",
    });
    expect(traefikEnv({ address }, undefined).TRAEFIK_PROVIDERS_CONSUL_TOKEN).toBe(token);
  });

  test("of etcd has all hosts, user and password, and the certificate of the authority", () => {
    const login = { user: "traefik", password: new Secret("change-me") };
    expect(provider({ kind: "etcd", hosts: ensemble, secure: true, login }, "PEM")).toEqual({
      ETCD_ENDPOINTS: "10.0.0.5:1,[::5]:2",
      ETCD_ROOTKEY: "traefik",
      ETCD_USERNAME: "traefik",
      ETCD_PASSWORD: "change-me",
      ETCD_TLS_CA: "PEM",
    });
  });

  test("of ZooKeeper looks below the chroot", () => {
    expect(
      provider({ kind: "zookeeper", hosts: ensemble, secure: false, chroot: "/team/axon" }),
    ).toEqual({
      ZOOKEEPER_ENDPOINTS: "10.0.0.5:1,[::5]:2",
      ZOOKEEPER_ROOTKEY: "team/axon/traefik",
    });
  });
});

test("there is a resolver of certificates only for who gives an address", () => {
  const address = { kind: "consul", host: "consul", port: 8500, secure: false } as const;
  const named = (email?: string) =>
    Object.keys(traefikEnv({ address }, email)).filter((name) => name.includes("RESOLVERS"));
  expect(named()).toEqual([]);
  expect(named("ops@example.org")).toEqual([
    "TRAEFIK_CERTIFICATESRESOLVERS_ACME_ACME_EMAIL",
    "TRAEFIK_CERTIFICATESRESOLVERS_ACME_ACME_STORAGE",
    "TRAEFIK_CERTIFICATESRESOLVERS_ACME_ACME_HTTPCHALLENGE_ENTRYPOINT",
  ]);
});
