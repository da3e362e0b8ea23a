import { describe, expect, test } from "vitest";
import type { StoreAddress } from "../../../src/kv/store-address.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import type { AcmeSettings } from "../../../src/system/acme-settings.ts";
import { providerEnv, traefikEnv } from "../../../src/system/traefik-env.ts";

const NO_ACME: AcmeSettings = { email: undefined, server: undefined, root: undefined };

function provider(address: StoreAddress, authority?: string) {
  const env = traefikEnv(providerEnv({ address, authority }), NO_ACME);
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
    expect(traefikEnv(providerEnv({ address }), NO_ACME).TRAEFIK_PROVIDERS_CONSUL_TOKEN).toBe(
      token,
    );
  });

  test("of etcd has all hosts, user and password, and the certificate of the authority", () => {
    const login = { user: "traefik", password: new Secret("change-me") };
    expect(provider({ kind: "etcd", hosts: ensemble, secure: true, login }, "PEM")).toEqual({
      ETCD_ENDPOINTS: "10.0.0.5:1,[::5]:2",
      ETCD_ROOTKEY: "traefik",
      ETCD_USERNAME: "traefik",
      ETCD_PASSWORD: "change-me",
      ETCD_TLS_CA: "PEM",
      ETCD_TLS_INSECURESKIPVERIFY: "false",
    });
  });

  test("speaks TLS where the store does, also when its authority is one of the system's", () => {
    const place = { host: "store.example.org", port: 443 };
    const more = { secure: true, tls: { verify: false } } as const;
    expect(provider({ kind: "consul", ...place, secure: true })).toMatchObject({
      CONSUL_TLS_INSECURESKIPVERIFY: "false",
    });
    expect(provider({ kind: "etcd", hosts: [place], secure: true })).toMatchObject({
      ETCD_TLS_INSECURESKIPVERIFY: "false",
    });
    expect(provider({ kind: "consul", ...place, ...more })).toMatchObject({
      CONSUL_TLS_INSECURESKIPVERIFY: "true",
    });
    const plain = provider({ kind: "consul", ...place, secure: false });
    expect(Object.keys(plain).filter((name) => name.includes("TLS"))).toEqual([]);
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

describe("the resolver of certificates", () => {
  const address = { kind: "consul", host: "consul", port: 8500, secure: false } as const;
  const settings = (acme: Partial<AcmeSettings>) =>
    Object.entries(traefikEnv(providerEnv({ address }), { ...NO_ACME, ...acme })).filter(([name]) =>
      /RESOLVERS|LEGO/.test(name),
    );
  const resolver = "TRAEFIK_CERTIFICATESRESOLVERS_ACME_ACME";
  const usual = [
    [`${resolver}_STORAGE`, "/data/acme.json"],
    [`${resolver}_HTTPCHALLENGE_ENTRYPOINT`, "web"],
  ];

  test("is there without a word", () => {
    expect(settings({})).toEqual(usual);
  });

  test("asks the authority that is named, and knows it by its certificate", () => {
    const server = "https://ca.example.org/directory";
    expect(settings({ email: "ops@example.org", server, root: "PEM" })).toEqual([
      [`${resolver}_EMAIL`, "ops@example.org"],
      [`${resolver}_CASERVER`, server],
      ...usual,
      ["LEGO_CA_CERTIFICATES", "/etc/axon/acme-root.pem"],
    ]);
  });
});
