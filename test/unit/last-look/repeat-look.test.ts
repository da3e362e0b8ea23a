import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Read } from "../../../src/http/pipeline.ts";
import type { LastLook, LookedAtFile } from "../../../src/last-look/last-look.ts";
import { LookRecorder } from "../../../src/last-look/look-recorder.ts";
import { readsTheSame } from "../../../src/last-look/repeat-look.ts";
import { Secret } from "../../../src/secret.ts";

const SAID = "No changes.\n";
const LINK: Read = "HEAD /containers/store/archive?path=%2Ftoken.link";

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

interface Asked {
  readonly read: string;
  readonly token: unknown;
  readonly host: string | undefined;
}

/** An engine or a store that answers what it is told to, and notes what it was asked. */
class Place {
  readonly replies = new Map<Read, Reply>();
  readonly asked: Asked[] = [];
  isDumb = false;
  readonly server: Server = createServer((request, response) => {
    const read = `${request.method} ${request.url}` as Read;
    const { host, "x-consul-token": token } = request.headers;
    this.asked.push({ read, token, host });
    if (this.isDumb) return;
    const { status = 404, headers = {}, text = "" } = this.replies.get(read) ?? {};
    response.writeHead(status, headers).end(text);
  });

  says(read: Read, text: unknown, more: Partial<Reply> = {}): void {
    this.replies.set(read, { status: 200, text: JSON.stringify(text), ...more });
  }

  recorded(): [Read, { status: number; headers: Record<string, string>; text: string }][] {
    return [...this.replies].map(([read, { status = 404, headers = {}, text = "" }]) => [
      read,
      { status, headers, text: read.startsWith("HEAD ") ? "" : text },
    ]);
  }
}

/** What a run has read, and a world in which it can be read again. */
class Scene {
  readonly engine = new Place();
  readonly store = new Place();
  readonly env: Record<string, string | undefined> = { A: "1" };
  readonly files: Record<string, string | undefined> = { "/shop/Servicefile": "services: {}\n" };
  readonly opened: string[] = [];
  readonly #directory = mkdtempSync(join(tmpdir(), "axon-look-"));
  readonly #socket = join(this.#directory, "docker.sock");

  constructor() {
    this.engine.says("GET /_ping", "OK", { headers: { server: "Docker/20.10" } });
    this.engine.says("GET /containers/1/json", { Id: "1", Image: "sha256:1" });
    this.store.says("GET /v1/kv/a?recurse=true", [{ Key: "a", Value: "MQ==" }]);
    this.files["/shop/.env"] = undefined;
  }

  async open(): Promise<void> {
    await new Promise<void>((done) => this.engine.server.listen(this.#socket, done));
    await new Promise<void>((done) => this.store.server.listen(0, "127.0.0.1", done));
  }

  look(token?: string): LastLook {
    const recorder = new LookRecorder();
    const env = recorder.env(this.env);
    for (const name of ["A", "B"]) env[name];
    for (const [path, text] of Object.entries(this.files)) recorder.file(path, text);
    const engine = recorder.engine({ kind: "socket", path: this.#socket });
    for (const [read, answer] of this.engine.recorded()) engine.read(read, answer);
    const { port } = this.store.server.address() as AddressInfo;
    const place = { kind: "consul", host: "127.0.0.1", port } as const;
    const address = { ...place, secure: false, isManaged: true };
    const store = recorder.store(token ? { ...address, token: new Secret(token) } : address);
    for (const [read, answer] of this.store.recorded()) store.read(read, answer);
    recorder.wrote(SAID);
    const look = recorder.lookOf("run", SAID);
    if (look === undefined) throw new Error("it leaves no look");
    return look;
  }

  isSame(look: LastLook, signal = AbortSignal.timeout(5_000)): Promise<boolean> {
    return readsTheSame(look, {
      env: this.env,
      sizeOf: async (path) => sizeOf(this.files[path]),
      readFile: async ({ path }: LookedAtFile) => {
        this.opened.push(path);
        return this.files[path];
      },
      connectEngine: (path) => connect({ path }),
      connectStore: (host, port) => connect({ host, port }),
      signal,
    });
  }

  close(): void {
    for (const { server } of [this.engine, this.store]) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const sizeOf = (text: string | undefined) => (text === undefined ? undefined : text.length);

const scenes: Scene[] = [];

async function openScene(): Promise<Scene> {
  const scene = new Scene();
  scenes.push(scene);
  await scene.open();
  return scene;
}

afterEach(() => {
  for (const scene of scenes.splice(0)) scene.close();
});

test("where nothing has changed all reads the same, also the second time", async () => {
  const scene = await openScene();
  const look = scene.look();
  expect(await scene.isSame(look)).toBe(true);
  expect(await scene.isSame(look)).toBe(true);
  expect(
    scene.engine.asked
      .map(({ read }) => read)
      .slice(0, 2)
      .sort(),
  ).toEqual([...look.engine.reads].sort());
});

test.each<[string, (scene: Scene) => void]>([
  ["a variable", ({ env }) => Object.assign(env, { A: "2" })],
  ["a variable that was not set", ({ env }) => Object.assign(env, { B: "" })],
  ["a variable that is gone", ({ env }) => Object.assign(env, { A: undefined })],
  ["a file", ({ files }) => Object.assign(files, { "/shop/Servicefile": "services: []\n" })],
  ["a file's size", ({ files }) => Object.assign(files, { "/shop/Servicefile": "services:\n" })],
  ["a file that was not there", ({ files }) => Object.assign(files, { "/shop/.env": "" })],
  ["a file that is gone", ({ files }) => Object.assign(files, { "/shop/Servicefile": undefined })],
  [
    "a container",
    ({ engine }) => engine.says("GET /containers/1/json", { Id: "1", Image: "sha256:2" }),
  ],
  ["a container that is gone", ({ engine }) => engine.replies.delete("GET /containers/1/json")],
  [
    "the engine's version",
    ({ engine }) => engine.says("GET /_ping", "OK", { headers: { server: "Docker/28.5" } }),
  ],
  ["a key", ({ store }) => store.says("GET /v1/kv/a?recurse=true", [{ Key: "a", Value: "Mg==" }])],
  ["a key that is gone", ({ store }) => store.replies.clear()],
  ["the store that does not answer", ({ store }) => Object.assign(store, { isDumb: true })],
  ["the engine that does not answer", ({ engine }) => Object.assign(engine, { isDumb: true })],
  ["the store that is gone", ({ store }) => store.server.close()],
  ["the engine that is gone", ({ engine }) => engine.server.close()],
])("%s is seen", async (_, change) => {
  const scene = await openScene();
  const look = scene.look();
  change(scene);
  expect(await scene.isSame(look)).toBe(false);
});

test("a file of another size is not opened", async () => {
  const scene = await openScene();
  const look = scene.look();
  scene.files["/shop/Servicefile"] = "x".repeat(1_000);
  await scene.isSame(look);
  expect(scene.opened).toEqual([]);
});

test.each(["POST /containers/1/kill", "GET /a HTTP/1.1\r\n\r\nDELETE /b", "GET"])(
  "%j is not asked",
  async (read) => {
    const scene = await openScene();
    const look = scene.look();
    const { engine, store } = look;
    const reads = [read as Read];
    expect(await scene.isSame({ ...look, engine: { ...engine, reads } })).toBe(false);
    expect(await scene.isSame({ ...look, store: { ...store, reads } })).toBe(false);
    expect([...scene.engine.asked, ...scene.store.asked].map((one) => one.read)).not.toContain(
      read,
    );
    expect(scene.store.asked).toEqual([]);
  },
);

test("a look that is broken off rejects", async () => {
  const scene = await openScene();
  const look = scene.look();
  await expect(scene.isSame(look, AbortSignal.abort(new Error("over")))).rejects.toThrow("over");
});

const TOKEN = "the-token";

const tellToken = ({ engine }: Scene, token: string) =>
  engine.says(LINK, "", { headers: linkTo(token) });

test("the token is sent to the store, and no other one", async () => {
  const scene = await openScene();
  tellToken(scene, TOKEN);
  const look = scene.look(TOKEN);
  expect(await scene.isSame(look)).toBe(true);
  const { port } = look.store;
  expect(scene.store.asked).toMatchObject([{ token: TOKEN, host: `127.0.0.1:${port}` }]);
  tellToken(scene, "new-token");
  expect(await scene.isSame(look)).toBe(false);
  expect(scene.store.asked).toHaveLength(1);
});

test.each<[string, (scene: Scene) => void]>([
  ["environment", ({ env }) => Object.assign(env, { A: "2" })],
  ["engine", ({ engine }) => engine.says("GET /containers/1/json", { Id: "1" })],
  ["file", ({ files }) => Object.assign(files, { "/shop/Servicefile": "services: []\n" })],
])("where the %s says something else, the token is sent to nobody", async (_, change) => {
  const scene = await openScene();
  tellToken(scene, TOKEN);
  const look = scene.look(TOKEN);
  change(scene);
  expect(await scene.isSame(look)).toBe(false);
  expect(scene.store.asked).toEqual([]);
});

function linkTo(token: string): Record<string, string> {
  const stat = Buffer.from(JSON.stringify({ linkTarget: `/t/${token}` })).toString("base64");
  return { "x-docker-container-path-stat": stat };
}
