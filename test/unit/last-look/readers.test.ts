import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const READS = new RegExp(
  [
    /(from|import\() ?"node:(fs|fs\/promises|child_process|http|https|http2|net|tls|dns|os|dgram)"/,
    /\bprocess\.(env|cwd|stdin)\b|\} = process\b/,
    /\bnew Date\(\)|\bDate\.now\b|\bperformance\.now\b/,
    /\bMath\.random\b|\brandom(Bytes|Int|UUID)\b/,
    /\bfetch\(/,
  ]
    .map(({ source }) => source)
    .join("|"),
);

/**
 * A look holds all that a run reads, or nothing. So whoever begins to read the world is to be known: whether a recorder is told
 * of it (src/last-look/look-recorder.ts), or what else keeps such runs from leaving a look.
 */
const KNOWN: Readonly<Record<string, string>> = {
  "cli/engine-address.ts": "told by open-engine.ts",
  "cli/generate-value.ts": "what is proposed is a change",
  "cli/main.ts": "the context, recorded; what it writes spoils",
  "cli/open-engine.ts": "the home directory: told",
  "cli/origin.ts": "only who writes a revision or takes the lock asks for it",
  "cli/read-text.ts": "the context's readFile",
  "cli/registry-credentials.ts": "only who pulls asks for it",
  "cli/write-private.ts": "writes",
  "engine/docker/await-container.ts": "only who has started something waits for it",
  "engine/docker/docker-client.ts": "tells itself",
  "engine/docker/engine-agent.ts": "the client tells",
  "engine/docker/ssh-socket.ts": "an engine by ssh spoils",
  "engine/docker/tunnel.ts": "the client tells of what it takes over",
  "engine/docker/transport.ts": "what dockerode would read in the environment is hidden from it",
  "kv/consul/consul-agent.ts": "the client tells",
  "kv/consul/consul-wait.ts": "only who has to wait, for the lock",
  "kv/read-tls.ts": "a store with TLS spoils",
  "last-look/keep-look.ts": "writes",
  "last-look/open-look.ts": "reads the look itself",
  "router/caddy/caddy-admin.ts": "opening Caddy spoils",
  "router/caddy/caddy-listener.ts": "opening Caddy spoils",
  "router/caddy/caddy-router.ts": "opening Caddy spoils",
  "state/clock.ts": "of who holds the lock",
  "state/seal.ts": "what is sealed is written",
  "state/write-revision.ts": "writes",
};

test("whoever reads the world is known", () => {
  const root = new URL("../../../src/", import.meta.url);
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  const readers = names
    .filter((name) => name.endsWith(".ts") && !/^kv\/(etcd|zookeeper)\//.test(name))
    .filter((name) => {
      const text = readFileSync(new URL(name, root), "utf8");
      return text.split("\n").some((line) => READS.test(line) && !line.startsWith("import type"));
    });
  expect(readers.sort()).toEqual(Object.keys(KNOWN).sort());
});
