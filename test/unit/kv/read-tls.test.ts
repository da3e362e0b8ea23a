import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readTls } from "../../../src/kv/read-tls.ts";
import type { TlsOptions } from "../../../src/kv/store-address.ts";
import { writeCertificate } from "../../helpers/certificate.ts";

const folder = mkdtempSync(join(tmpdir(), "axon-pem-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [mine, other] = [
  writeCertificate(folder, "mine", "me"),
  writeCertificate(folder, "other", "me"),
];
const junk = join(folder, "junk.pem");
writeFileSync(junk, "hello\n");
const locked = (...flags: readonly string[]) => {
  const out = join(folder, `${flags[0]}.pem`);
  execFileSync("openssl", [...flags, "-in", mine.keyFile, "-passout", "pass:x", "-out", out], {
    stdio: "ignore",
  });
  return out;
};
const variables = { caFile: "AXON_KV_CACERT", certFile: "AXON_KV_CERT", keyFile: "ETCDCTL_KEY" };

test("a certificate and its key are read", async () => {
  const { cert, key, ca } = await readTls({ ...mine, caFile: other.certFile });
  expect([cert, key, ca].map((pem) => String(pem).slice(0, 16))).toEqual([
    "-----BEGIN CERTI",
    "-----BEGIN PRIVA",
    "-----BEGIN CERTI",
  ]);
});

interface Wrong {
  readonly what: string;
  readonly tls: TlsOptions;
  readonly says: string;
  readonly names: string;
}

const lockedKeys = [locked("ec", "-aes128"), locked("pkcs8", "-topk8")];
const inKey = { names: "ETCDCTL_KEY" };

test.each<Wrong>([
  {
    what: "the two are swapped",
    tls: { certFile: mine.keyFile, keyFile: mine.certFile },
    says: `${mine.keyFile} is no certificate`,
    names: "AXON_KV_CERT",
  },
  {
    what: "the certificate is none",
    tls: { ...mine, certFile: junk },
    says: `${junk} is no certificate`,
    names: "AXON_KV_CERT",
  },
  {
    what: "the key is none",
    tls: { ...mine, keyFile: junk },
    says: `${junk} is no private key`,
    ...inKey,
  },
  {
    what: "the key is of another certificate",
    tls: { ...mine, keyFile: other.keyFile },
    says: `${other.keyFile} is not the key of ${mine.certFile}`,
    ...inKey,
  },
  ...lockedKeys.map((keyFile) => ({
    what: "the key has a password",
    tls: { ...mine, keyFile },
    says: `${keyFile} has a password`,
    ...inKey,
  })),
])("where $what, the file and its variable are named", async ({ tls, says, names }) => {
  await expect(readTls({ ...tls, variables })).rejects.toMatchObject({
    code: "CERTIFICATE_INVALID",
    message: expect.stringContaining(says),
    hint: `${names} names it.`,
  });
});

test("where a file is not there, its variable is named", async () => {
  await expect(readTls({ caFile: "/nowhere.pem", variables })).rejects.toMatchObject({
    code: "FILE_UNREADABLE",
    message: expect.stringContaining("/nowhere.pem"),
    hint: "AXON_KV_CACERT names it.",
  });
});
