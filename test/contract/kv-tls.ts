import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { KvStore } from "../../src/kv/kv-store.ts";
import type { TlsOptions } from "../../src/kv/store-address.ts";
import { writeCertificate } from "../helpers/certificate.ts";
import { failureOf } from "../helpers/failure-of.ts";

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Of whom clients must have their certificates. */
  readonly caFile: string;
}

export interface TlsSubject<S extends AsyncDisposable> {
  /** In its certificate, beside 127.0.0.1. */
  readonly hostName: string;
  start(files: TlsFiles): Promise<S>;
  open(server: S, tls: TlsOptions): Promise<KvStore>;
  /** As if it spoke no TLS. */
  openPlain(server: S): Promise<KvStore>;
  /** What is then said. */
  readonly plainSays: string;
  /** Reads and writes what fits into no single record of TLS. */
  speaks(store: KvStore): Promise<void>;
}

/** A store that wants a certificate and shows one. */
export function describeKvTls<S extends AsyncDisposable>(
  name: string,
  { hostName, start, open, openPlain, plainSays, speaks }: TlsSubject<S>,
): void {
  describe(name, () => {
    const folder = mkdtempSync(join(tmpdir(), "axon-tls-"));
    const filesOf = (file: string, ...names: string[]) => writeCertificate(folder, file, ...names);
    const [theirs, mine, other] = [
      filesOf("theirs", hostName, "127.0.0.1"),
      filesOf("mine", "me"),
      filesOf("other", hostName),
    ];
    const right = { ...mine, caFile: theirs.certFile };
    let server: S;

    beforeAll(async () => {
      server = await start({ ...theirs, caFile: mine.certFile });
    });

    afterAll(async () => {
      await server?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    });

    async function opened(tls: TlsOptions): Promise<KvStore> {
      const store = await open(server, tls);
      onTestFinished(() => store.close());
      return store;
    }

    test.each([
      ["a name", { serverName: hostName }],
      ["an IP address", {}],
    ])("is spoken to with a certificate of one's own, known by %s", async (_, tls) => {
      await speaks(await opened({ ...right, ...tls }));
    });

    test.each<[string, TlsOptions]>([
      ["a certificate that somebody else signed", { ...right, caFile: other.certFile }],
      ["a certificate for another name", { ...right, serverName: "other.test" }],
      ["no certificate of one's own", { caFile: right.caFile }],
      ["a certificate that it does not know", { ...right, ...other }],
    ])("is not spoken to with %s", async (_, tls) => {
      const { error, milliseconds } = await failureOf(() => open(server, tls));
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
      const { error } = await failureOf(() => openPlain(server));
      expect(error).toMatchObject({
        code: "STORE_UNREACHABLE",
        message: expect.stringContaining(plainSays),
      });
    });

    test("is not asked with a key that is not the certificate's, or has been swapped with it", async () => {
      for (const own of [
        { ...mine, keyFile: other.keyFile },
        { certFile: mine.keyFile, keyFile: mine.certFile },
      ]) {
        const { error } = await failureOf(() => open(server, { ...right, ...own }));
        expect(error).toMatchObject({ code: "CERTIFICATE_INVALID" });
      }
    });

    test("names a file that cannot be read, and one that is no certificate", async () => {
      const { error } = await failureOf(() => open(server, { caFile: "/nowhere.pem" }));
      expect(error).toMatchObject({
        code: "FILE_UNREADABLE",
        message: expect.stringContaining("/nowhere.pem"),
      });
      const { error: odd } = await failureOf(() => open(server, { ...right, caFile: "README.md" }));
      expect(odd).toMatchObject({ code: "STORE_UNREACHABLE" });
    });
  });
}
