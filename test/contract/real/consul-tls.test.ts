import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openConsul } from "../../../src/kv/consul/consul.ts";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import type { ConsulAddress, TlsOptions } from "../../../src/kv/store-address.ts";
import { Secret } from "../../../src/secret.ts";
import { writeCertificate } from "../../helpers/certificate.ts";
import { startConsul, type TestConsul } from "../../helpers/consul.ts";
import { failureOf } from "../../helpers/failure-of.ts";

const NAME = "consul.test";
const TOKEN = "7a3c2c6e-6a51-4b0f-9b86-2c9c5d0d7b11";
const DENY = `acl { enabled = true, default_policy = "deny", tokens { master = "${TOKEN}" } }`;

describe("a Consul with TLS", () => {
  const folder = mkdtempSync(join(tmpdir(), "axon-tls-"));
  const filesOf = (name: string, ...names: string[]) => writeCertificate(folder, name, ...names);
  const [theirs, mine, other] = [
    filesOf("theirs", NAME, "127.0.0.1"),
    filesOf("mine", "me"),
    filesOf("other", NAME),
  ];
  const right = { ...mine, caFile: theirs.certFile };
  let server: TestConsul;

  beforeAll(async () => {
    server = await startConsul(DENY, { ...theirs, caFile: mine.certFile });
  });

  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const over = (tls: TlsOptions): ConsulAddress => {
    return { ...server.address, token: new Secret(TOKEN), tls };
  };

  async function opened(tls: TlsOptions): Promise<KvStore> {
    const store = await openConsul(over(tls));
    onTestFinished(() => store.close());
    return store;
  }

  test.each([
    ["a name", { serverName: NAME }],
    ["an IP address", {}],
  ])("is spoken to with a certificate of one's own, known by %s", async (_, tls) => {
    const store = await opened({ ...right, ...tls });
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
  });

  test.each<[string, TlsOptions]>([
    ["a certificate that somebody else signed", { ...right, caFile: other.certFile }],
    ["a certificate for another name", { ...right, serverName: "other.test" }],
    ["no certificate of one's own", { caFile: right.caFile }],
    ["a certificate that it does not know", { ...right, ...other }],
  ])("is not spoken to with %s", async (_, tls) => {
    const { error, milliseconds } = await failureOf(() => openConsul(over(tls)));
    expect(error).toMatchObject({
      code: "STORE_UNREACHABLE",
      message: expect.stringContaining("no secure connection"),
    });
    expect(milliseconds).toBeLessThan(3_000);
  });

  test("takes any certificate when it shall not be verified", async () => {
    const store = await opened({ ...mine, verify: false });
    expect(await store.get("axon/none")).toBeUndefined();
  });

  test("is not mistaken for one without", async () => {
    const { error } = await failureOf(() => openConsul({ ...over({}), secure: false }));
    expect(error).toMatchObject({
      code: "STORE_UNREACHABLE",
      message: expect.stringContaining("speaks TLS"),
    });
  });

  test("names a file that cannot be read, and one that is no certificate", async () => {
    const { error } = await failureOf(() => openConsul(over({ caFile: "/nowhere.pem" })));
    expect(error).toMatchObject({
      code: "FILE_UNREADABLE",
      message: expect.stringContaining("/nowhere.pem"),
    });
    const { error: odd } = await failureOf(() =>
      openConsul(over({ ...right, caFile: "README.md" })),
    );
    expect(odd).toMatchObject({ code: "STORE_UNREACHABLE" });
  });
});
