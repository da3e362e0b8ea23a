import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SERVICEFILE = `
Env: {BRANDING: warm}
db: {image: warm/up, volumes: {data: /data}, healthcheck: {test: [CMD, "true"]}}
web: {image: warm/up, cmd: /bin/web --port 80, ports: {http: 8080}, require: {db: healthy}}
`;

const ANSWERS = [
  [/^\/(version|_ping)/, { Version: "28.5.2", ApiVersion: "1.51" }],
  [/^\/images\//, { Id: `sha256:${"0".repeat(64)}`, RepoTags: ["warm/up"], Config: { Env: [] } }],
  [/^\/volumes/, { Volumes: [] }],
  [/^\/v1\/status\/leader/, "127.0.0.1:8300"],
  [/^\/v1\/kv\//, undefined],
  [/^\//, []],
];

/**
 * Leaves the code that V8 makes of the program beside it. The program plans once against an engine and a
 * store that answer with nothing, because V8 only compiles what runs. When that does not work out, there is
 * less code to keep, and the program is as good.
 */
export async function warmUp(program) {
  const folder = mkdtempSync(join(tmpdir(), "axon-build-"));
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    writeFileSync(join(folder, "Servicefile"), SERVICEFILE);
    const { port } = server.address();
    const place = ["--docker", `tcp://127.0.0.1:${port}`, "--kv", `consul://127.0.0.1:${port}`];
    const file = join(folder, "Servicefile");
    const keepCode = join(import.meta.dirname, "keep-code.mjs");
    const args = [keepCode, program, "plan", file, "-D", "warm-up", ...place];
    const child = spawn(process.execPath, args, { env: {}, stdio: "ignore" });
    await once(child, "close");
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

function answer({ url }, response) {
  const [, body] = ANSWERS.find(([pattern]) => pattern.test(url));
  response.writeHead(body === undefined ? 404 : 200, {
    "Content-Type": "application/json",
    "Api-Version": "1.51",
    "X-Consul-Index": "1",
  });
  response.end(body === undefined ? "" : JSON.stringify(body));
}
