import { expect } from "vitest";
import { openConsul } from "../../../src/kv/consul/consul.ts";
import { Secret } from "../../../src/secret.ts";
import { startConsul } from "../../helpers/consul.ts";
import { describeKvTls } from "../kv-tls.ts";

const TOKEN = "7a3c2c6e-6a51-4b0f-9b86-2c9c5d0d7b11";
const DENY = `acl { enabled = true, default_policy = "deny", tokens { master = "${TOKEN}" } }`;

const token = new Secret(TOKEN);

describeKvTls("a Consul with TLS", {
  hostName: "consul.test",
  start: (files) => startConsul(DENY, files),
  open: (server, tls) => openConsul({ ...server.address, token, tls }),
  openPlain: (server) => openConsul({ ...server.address, token, tls: {}, secure: false }),
  plainSays: "speaks TLS",
  speaks: async (store) => {
    expect(store.description).toMatch(/^consuls:/);
    const session = await store.openSession({ name: "real", ttlSeconds: 10 });
    const value = "x".repeat(512 * 1024);
    const key = `axon/${crypto.randomUUID()}`;
    await store.transact([{ kind: "put", key, value }]);
    await store.transact([{ kind: "acquire", key: `${key}/lock`, value: "", session: session.id }]);
    expect(await store.list(key)).toMatchObject([{ value }, { session: session.id }]);
    const wait = { after: undefined, timeoutMilliseconds: 30_000 };
    const woken = store.waitForChange(`${key}/next`, wait);
    await store.transact([{ kind: "put", key: `${key}/next`, value: "1" }]);
    expect(await woken).toMatchObject({ value: "1" });
    expect(await store.tokens?.observe("axon-none")).toMatchObject({ kind: "seen" });
    await session.end();
  },
});
