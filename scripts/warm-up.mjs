import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";

const SERVICEFILE = `
Env: {BRANDING: warm}
db: {image: warm/up, init: false}
web: {image: warm/up, init: false, cmd: [/bin/web], env: {COLOUR: red}, require: {db: started}}
`;

const IMAGE = `sha256:${"0".repeat(64)}`;
const NETWORK = "warm-up";

/** What the engine would tell of a service, so that nothing differs: what runs most often is kept. */
function service({ id, name, env = [], command = [] }) {
  return {
    Id: id.repeat(64),
    Name: `/warm-up-${name}-1`,
    Image: IMAGE,
    State: { Status: "running", StartedAt: "2026-01-01T00:00:00Z" },
    Config: {
      Image: "warm/up",
      Env: [...env, ...INJECTED, `AXON_SERVICE=${name}`],
      Cmd: command,
      Labels: labels({ deployment: "warm-up", kind: "service", service: name }),
    },
    HostConfig: { NetworkMode: NETWORK, RestartPolicy: { Name: "unless-stopped" } },
    Mounts: [],
    NetworkSettings: { Ports: {}, Networks: { [NETWORK]: { Aliases: [name] } } },
  };
}

const DIGEST_KEY = "0".repeat(64);
const TOKEN = createHmac("sha256", DIGEST_KEY)
  .update("store token 1 of warm-up")
  .digest("hex")
  .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

const INJECTED = [
  "AXON_DEPLOYMENT=warm-up",
  "AXON_KV_PREFIX=axon/warm-up/config",
  "BRANDING=warm",
  "CONFIG_HOST_AND_PORT=consul:8500",
  "CONFIG_SCHEME=http",
  "CONFIG_URL=http://consul:8500",
  "CONSUL_HTTP_ADDR=http://consul:8500",
  `CONSUL_HTTP_TOKEN=${TOKEN}`,
  "CUSTOMER_ID=default",
  "DEPLOY_ID=warm-up",
  "REGION_ID=warm-up",
];

/** The managed store, which answers at the same port as all the rest. */
function store(port) {
  return {
    Id: "4".repeat(64),
    Name: STORE,
    Image: IMAGE,
    State: { Status: "running", StartedAt: "2026-01-01T00:00:00Z" },
    Config: {
      Image: "warm/up",
      Env: ["CONSUL_HTTP_TOKEN_FILE=/consul/data/axon/token"],
      Labels: labels({ deployment: "system", kind: "system", service: "consul" }),
    },
    HostConfig: { NetworkMode: "0-axon-system", RestartPolicy: { Name: "always" } },
    Mounts: [],
    NetworkSettings: {
      Ports: { "8500/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] },
      Networks: { [NETWORK]: { Aliases: ["consul"] }, "0-axon-system": { Aliases: ["consul"] } },
    },
  };
}

const STORE = "/axon-system-consul";

function labels({ deployment, kind, service }) {
  return {
    "io.axon.deployment": deployment,
    "io.axon.image": "warm/up",
    "io.axon.instance": "1",
    "io.axon.kind": kind,
    "io.axon.service": service,
  };
}

const STATE = Object.entries({ "digest-key": DIGEST_KEY, token: "1" }).map(([name, value]) => ({
  Key: `axon/warm-up/state/${name}`,
  Value: btoa(value),
  ModifyIndex: 1,
  LockIndex: 0,
}));

/** What the store has of the token of the containers, and of who has none. */
const POLICY = {
  ID: "5",
  Name: "axon-warm-up",
  Rules: `key_prefix "axon/warm-up/config/" { policy = "write" }
key_prefix "axon/warm-up/services/" { policy = "read" }
node_prefix "" { policy = "read" }
service_prefix "" { policy = "read" }`,
};
const TOKENS = {
  anonymous: { SecretID: "anonymous", Policies: [{ Name: "axon_catalogue" }] },
  own: { SecretID: TOKEN, Policies: [{ Name: POLICY.Name }] },
};
/** Where the link on the volume leads that is named like the deployer's token. */
const LINK = Buffer.from(JSON.stringify({ linkTarget: `/consul/data/axon/${TOKEN}` }));

function answersAt(port) {
  const services = [
    service({ id: "1", name: "db" }),
    service({ id: "2", name: "web", env: ["COLOUR=red"], command: ["/bin/web"] }),
  ];
  const listed = [...services, store(port)].map(({ Id, Name, Config }) => ({
    Id,
    Names: [Name],
    ImageID: IMAGE,
    Labels: Config.Labels,
    Ports: [],
  }));
  const network = labels({ deployment: "warm-up" });
  return [
    [/^\/(version|_ping)/, "OK"],
    [/^\/containers\/json/, listed],
    [/^\/containers\/axon-system-consul/, store(port)],
    [/^\/containers\/axon-system-caddy/, undefined],
    ...services.map((one) => [new RegExp(`^/containers/${one.Id}`), one]),
    [/^\/images\//, { Id: IMAGE, RepoTags: ["warm/up"], Config: { Env: [] } }],
    [/^\/networks/, [{ Id: "3".repeat(64), Name: NETWORK, Labels: network }]],
    [/^\/volumes/, { Volumes: [] }],
    [/^\/v1\/status\/leader/, "127.0.0.1:8300"],
    [/^\/v1\/acl\/policy/, POLICY],
    [/^\/v1\/acl\/token\/00000000/, TOKENS.anonymous],
    [/^\/v1\/acl\/token/, TOKENS.own],
    [/^\/v1\/kv\/axon%2Fwarm-up%2Fstate/, STATE],
    [/^\/v1\/kv\//, undefined],
    [/^\//, []],
  ];
}

/**
 * Leaves the code that V8 makes of the program beside it. The program plans once, against an engine and a
 * store that answer with little, because V8 only compiles what runs. When that does not work out, there is
 * less code to keep, and the program is as good.
 */
export async function warmUp(program) {
  const folder = mkdtempSync(join(tmpdir(), "axon-build-"));
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    writeFileSync(join(folder, "Servicefile"), SERVICEFILE);
    const { port } = server.address();
    const place = ["--docker", `tcp://127.0.0.1:${port}`];
    const file = join(folder, "Servicefile");
    const keepCode = join(import.meta.dirname, "keep-code.mjs");
    const args = [keepCode, program, "plan", file, "-D", "warm-up", ...place];
    const child = spawn(process.execPath, args, { env: {}, stdio: ["ignore", "pipe", "pipe"] });
    const [text] = await Promise.all([textOf(child.stdout), once(child, "close")]);
    if (text !== "No changes.\n") console.warn(`warm-up: not what runs most often:\n${text}`);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
}

function answer({ url, socket }, response) {
  const [, body] = answersAt(socket.localPort).find(([pattern]) => pattern.test(url));
  response.writeHead(body === undefined ? 404 : 200, {
    "Content-Type": "application/json",
    "Api-Version": "1.51",
    "X-Consul-Index": "1",
    "X-Docker-Container-Path-Stat": LINK.toString("base64"),
  });
  response.end(body === undefined ? "" : JSON.stringify(body));
}
