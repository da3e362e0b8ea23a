import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { describeAddress, type StoreAddress } from "../../src/kv/store-address.ts";
import { openSite } from "../helpers/axon.ts";
import { writeCertificate } from "../helpers/certificate.ts";
import { startConsul } from "../helpers/consul.ts";
import { startEtcd } from "../helpers/etcd.ts";
import { startZooKeeper } from "../helpers/zookeeper.ts";

type Server = AsyncDisposable & { readonly address: StoreAddress };

const folder = mkdtempSync(join(tmpdir(), "axon-tls-"));
// Of the server and of who comes to it: each knows the other by it.
const pair = writeCertificate(folder, "pair", "127.0.0.1");
const caFile = join(folder, "ca.pem");
copyFileSync(pair.certFile, caFile);
const certAndKeyFile = join(folder, "both.pem");
writeFileSync(
  certAndKeyFile,
  [pair.certFile, pair.keyFile].map((file) => readFileSync(file, "utf8")).join(""),
);

afterAll(() => rmSync(folder, { recursive: true }));

const STORES: readonly (readonly [string, () => Promise<Server>])[] = [
  ["consuls", () => startConsul("", { ...pair, caFile })],
  ["etcds", () => startEtcd({ tls: { ...pair, caFile } })],
  ["zookeepers", () => startZooKeeper({ tls: { certAndKeyFile, caFile } })],
];

const FILE = `\
Config: {greeting: hello}
job: {image: axon-example/sleeper, cmd: "true", detach: false}
web: {image: axon-example/sleeper}
`;

test.each(STORES)(
  "%s:// is spoken to with the certificate that the variables name, and its key is nowhere",
  async (scheme, start) => {
    await using server = await start();
    await using site = openSite(FILE);
    const address = describeAddress(server.address);
    expect(address).toMatch(new RegExp(`^${scheme}://`));
    const common = ["-D", site.deployment, "--kv", address];
    const trusted = { AXON_KV_CACERT: caFile };
    const env = { ...trusted, AXON_KV_CERT: pair.certFile, AXON_KV_KEY: pair.keyFile };

    const unknown = await site.axon(["deploy", "--yes", ...common], trusted);
    expect(unknown).toExitWith(1);
    expect(unknown.stderr).toContain("no secure connection");

    const done = await site.axon(["deploy", "--yes", ...common], env);
    expect(done).toExitWith(0);
    const again = await site.axon(["deploy", ...common], env);
    expect(again).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
    const [, key = ""] = readFileSync(pair.keyFile, "utf8").split("\n");
    expect(key).toMatch(/^\S{20}/);
    const said = [unknown, done, again, await site.inspect("web")];
    expect(JSON.stringify(said)).not.toContain(key);
    expect(await site.axon(["destroy", "--yes", ...common], env)).toExitWith(0);
  },
);
