import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findRegistryCredentials } from "../../../src/cli/registry-credentials.ts";

const HUB = "https://index.docker.io/v1/";
const { signal } = new AbortController();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "axon-"));
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
});
afterEach(() => rmSync(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** In the clear, to compare. */
async function find(registry: string, config: object | string | undefined) {
  const text = typeof config === "object" ? JSON.stringify(config) : config;
  const sources = {
    env: { DOCKER_CONFIG: "/conf" },
    homedir: "/root",
    readFile: (path: string) => (path === "/conf/config.json" ? text : undefined),
  };
  const found = await findRegistryCredentials(registry, sources, signal);
  if (found === undefined) return undefined;
  return found.kind === "token"
    ? found.token.reveal()
    : `${found.username}:${found.password.reveal()}`;
}

function addHelper(name: string, script: string): void {
  const path = join(folder, `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

test("without a configuration, or with a damaged one, there are none", async () => {
  expect(await find("ghcr.io", undefined)).toBeUndefined();
  expect(await find("ghcr.io", "not json")).toBeUndefined();
  expect(await find("ghcr.io", { auths: { "ghcr.io": {} } })).toBeUndefined();
  expect(await find("ghcr.io", { auths: { "quay.io": { auth: base64("a:b") } } })).toBeUndefined();
});

test("the configuration file has them by host, or by URL as it once was", async () => {
  const auth = base64("anna:p:ass");
  expect(await find("ghcr.io", { auths: { "ghcr.io": { auth } } })).toBe("anna:p:ass");
  expect(await find("ghcr.io", { auths: { "https://ghcr.io/v2/": { auth } } })).toBe("anna:p:ass");
  expect(await find(HUB, { auths: { [HUB]: { auth } } })).toBe("anna:p:ass");
  expect(await find("a.io", { auths: { "a.io": { auth, identitytoken: "token" } } })).toBe("token");
});

test("a helper is asked for its registry, and the helper for all for the others", async () => {
  addHelper("one", `read -r registry; echo '{"Username":"one","Secret":"'$registry'"}'`);
  addHelper("all", `echo '{"Username":"all","Secret":"word"}'`);
  const config = { credsStore: "all", credHelpers: { "ghcr.io": "one" } };
  expect(await find("ghcr.io", config)).toBe("one:ghcr.io");
  expect(await find("quay.io", config)).toBe("all:word");
});

test("a helper may keep a token", async () => {
  addHelper("all", `echo '{"Username":"<token>","Secret":"word"}'`);
  expect(await find("ghcr.io", { credsStore: "all" })).toBe("word");
});

test("a helper that is missing, fails or says nothing of use leaves what the file has", async () => {
  addHelper("fails", "echo credentials not found in native keychain; exit 1");
  addHelper("odd", "echo hello");
  for (const credsStore of ["absent", "fails", "odd", "../../evil"]) {
    expect(await find("ghcr.io", { credsStore })).toBeUndefined();
    const auths = { "ghcr.io": { auth: base64("a:b") } };
    expect(await find("ghcr.io", { credsStore, auths })).toBe("a:b");
  }
});

test("who gives up waiting for a helper gets the reason", async () => {
  addHelper("slow", "exec sleep 60");
  const controller = new AbortController();
  const sources = { env: {}, homedir: "/", readFile: () => '{"credsStore":"slow"}' };
  const found = findRegistryCredentials("ghcr.io", sources, controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(found).rejects.toBe(reason);
});
