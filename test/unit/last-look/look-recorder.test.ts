import { expect, test } from "vitest";
import type { EngineConnection } from "../../../src/engine/docker/engine-address.ts";
import { LookRecorder } from "../../../src/last-look/look-recorder.ts";
import { Secret } from "../../../src/secret.ts";

const SAID = "No changes.\n";
const ENGINE: EngineConnection = { kind: "socket", path: "/run/docker.sock" };
const CONSUL = {
  kind: "consul",
  host: "127.0.0.1",
  port: 8500,
  secure: false,
  isManaged: true,
} as const;

const ok = (text: string, headers: Record<string, string> = {}) => ({ status: 200, headers, text });

/** A run that reads a little of everything, and what else it does. */
function run(more: (recorder: LookRecorder) => void = () => {}, said = SAID) {
  const recorder = new LookRecorder();
  recorder.env({ A: "1" }).A;
  recorder.file("/shop/Servicefile", "services: {}");
  recorder.engine(ENGINE).read("GET /_ping", ok("OK"));
  recorder.store(CONSUL).read("GET /v1/kv/a", ok("[]"));
  more(recorder);
  recorder.wrote(said);
  return recorder.lookOf("run", SAID);
}

test("a run that found nothing leaves the names of all that it read, and what it said", () => {
  const look = run((recorder) => recorder.file("/shop/.env", undefined, "/shop"));
  expect(look).toMatchObject({
    run: "run",
    says: SAID,
    env: ["A"],
    files: [
      { path: "/shop/Servicefile", size: 12 },
      { path: "/shop/.env", within: "/shop", size: undefined },
    ],
    engine: { socket: "/run/docker.sock", reads: ["GET /_ping"] },
    store: { host: "127.0.0.1", port: 8500, reads: ["GET /v1/kv/a"] },
  });
});

test("a variable that is asked for and is not set is noted, too", () => {
  expect(run((recorder) => recorder.env({}).B)?.env).toEqual(["A", "B"]);
  expect(run((recorder) => "C" in recorder.env({}))?.env).toEqual(["A", "C"]);
  expect(run((recorder) => Object.hasOwn(recorder.env({}), "D"))?.env).toEqual(["A", "D"]);
});

test("nothing of what was read stands in it", () => {
  const secret = "hunter2hunter2";
  const look = run((recorder) => {
    recorder.env({ PASSWORD: secret }).PASSWORD;
    recorder.file("/shop/.env", `PASSWORD=${secret}`);
    recorder.engine(ENGINE).read("GET /containers/1/json", ok(JSON.stringify({ Env: [secret] })));
    recorder.store(CONSUL).read("GET /v1/kv/password", ok(JSON.stringify(secret)));
  });
  expect(look).toBeDefined();
  expect(JSON.stringify(look)).not.toContain(secret);
});

test.each<[string, (recorder: LookRecorder) => void]>([
  ["wrote more than that", (recorder) => recorder.wrote("note: x\n")],
  ["did what nobody can repeat", (recorder) => recorder.spoil()],
  ["went over the whole environment", (recorder) => ({ ...recorder.env({ A: "1" }) })],
  ["read a file twice that changed", (recorder) => recorder.file("/shop/Servicefile", "")],
  ["read a pipe", (recorder) => recorder.file("/dev/fd/63", "A=1")],
  ["read what is of the process", (recorder) => recorder.file("/proc/self/environ", "A=1")],
  ["changed something", (recorder) => recorder.engine(ENGINE).other()],
  ["wrote to the store", (recorder) => recorder.store(CONSUL).other()],
  [
    "read the same twice, and it was something else",
    (recorder) => recorder.engine(ENGINE).read("GET /_ping", ok("no")),
  ],
  ["talked to two engines", (recorder) => recorder.engine({ ...ENGINE, path: "/run/other.sock" })],
  ["talked to two stores", (recorder) => recorder.store({ ...CONSUL, port: 8501 })],
  ["talked to two stores by token", (recorder) => recorder.store({ ...CONSUL, token: token("t") })],
  [
    "talked to an engine by ssh",
    (recorder) => recorder.engine({ kind: "ssh", host: "far", port: undefined, user: undefined }),
  ],
  [
    "talked to an engine by TCP",
    (recorder) => recorder.engine({ kind: "tcp", host: "far", port: 2375, tls: undefined }),
  ],
  [
    "talked to a Consul of one's own",
    (recorder) => recorder.store({ ...CONSUL, isManaged: false }),
  ],
  ["talked to a store with TLS", (recorder) => recorder.store({ ...CONSUL, secure: true })],
  [
    "talked to another kind of store",
    (recorder) => recorder.store({ kind: "etcd", hosts: [CONSUL], secure: false }),
  ],
])("one that %s leaves nothing", (_, more) => {
  expect(run()).toBeDefined();
  expect(run(more)).toBeUndefined();
});

test("one that says something else leaves nothing", () => {
  expect(run(() => {}, "")).toBeUndefined();
});

test("one that did not ask the engine or the store leaves nothing", () => {
  const withoutStore = new LookRecorder();
  withoutStore.engine(ENGINE).read("GET /_ping", ok("OK"));
  withoutStore.wrote(SAID);
  expect(withoutStore.lookOf("run", SAID)).toBeUndefined();
  const withoutEngine = new LookRecorder();
  withoutEngine.store(CONSUL).read("GET /v1/kv/a", ok("[]"));
  withoutEngine.wrote(SAID);
  expect(withoutEngine.lookOf("run", SAID)).toBeUndefined();
});

const token = (text: string) => new Secret(text);

function runWithToken(more: (recorder: LookRecorder) => void) {
  const recorder = new LookRecorder();
  recorder.engine(ENGINE).read("GET /_ping", ok("OK"));
  more(recorder);
  recorder.store({ ...CONSUL, token: token("the-token") }).read("GET /v1/kv/a", ok("[]"));
  recorder.wrote(SAID);
  return recorder.lookOf("run", SAID);
}

test("what told the token is noted, and not the token", () => {
  const link = Buffer.from(JSON.stringify({ linkTarget: "/t/the-token" })).toString("base64");
  const read = "HEAD /containers/1/archive?path=%2Ftoken.link" as const;
  const headers = { "x-docker-container-path-stat": link };
  const look = runWithToken((recorder) => recorder.engine(ENGINE).read(read, ok("", headers)));
  expect(look?.store.token?.read).toBe(read);
  expect(JSON.stringify(look)).not.toContain("the-token");
});

test("a token from somewhere else leaves nothing", () => {
  expect(runWithToken(() => {})).toBeUndefined();
  expect(runWithToken((recorder) => recorder.env({ TOKEN: "the-token" }).TOKEN)).toBeUndefined();
});
