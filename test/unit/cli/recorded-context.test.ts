import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { recorded } from "../../../src/cli/recorded-context.ts";
import { LookRecorder } from "../../../src/last-look/look-recorder.ts";

const SAID = "No changes.\n";

class Desk {
  readonly files: Record<string, string | Error> = { "/shop/Servicefile": "services: {}" };
  readonly written: string[] = [];
  readonly recorder = new LookRecorder();
  readonly context: Context;

  constructor() {
    const output = {
      isTerminal: false,
      columns: 80,
      write: (text: string) => this.written.push(text),
    };
    const plain = {
      stdout: output,
      stderr: output,
      now: () => new Date(0),
      random: () => "0",
      readStdin: async () => "",
      writePrivate: async () => {},
      writeShared: async () => {},
      readsElsewhere: () => {},
      confirm: async () => true,
      ask: async () => "",
      readFile: async (path: string) => {
        const text = this.files[path] ?? Object.assign(new Error("none"), { code: "ENOENT" });
        if (text instanceof Error) throw text;
        return text;
      },
    } as unknown as Context;
    this.context = recorded(plain, this.recorder);
    const engine = this.recorder.engine({ kind: "socket", path: "/run/docker.sock" });
    engine.read("GET /_ping", { status: 200, headers: {}, text: "OK" });
    const place = { kind: "consul", host: "127.0.0.1", port: 8500 } as const;
    const store = this.recorder.store({ ...place, secure: false, isManaged: true });
    store.read("GET /v1/a", { status: 200, headers: {}, text: "1" });
  }

  async look(more: (context: Context) => unknown = () => {}) {
    await more(this.context);
    this.context.stdout.write(SAID);
    return this.recorder.lookOf("run", SAID);
  }
}

test("what is written is written, and noted", async () => {
  const desk = new Desk();
  expect(await desk.look()).toMatchObject({ says: SAID });
  expect(desk.written).toEqual([SAID]);
});

test("files that are read are noted, and those that are not there", async () => {
  const look = await new Desk().look(async ({ readFile }) => {
    expect(await readFile("/shop/Servicefile")).toBe("services: {}");
    await expect(readFile("/shop/.env", "/shop")).rejects.toThrow("none");
  });
  expect(look?.files).toEqual([
    { path: "/shop/Servicefile", within: undefined, size: 12 },
    { path: "/shop/.env", within: "/shop", size: undefined },
  ]);
});

test("a file that cannot be read leaves nothing", async () => {
  const desk = new Desk();
  desk.files["/shop/.env"] = Object.assign(new Error("no"), { code: "EACCES" });
  const look = await desk.look(({ readFile }) =>
    expect(readFile("/shop/.env")).rejects.toThrow("no"),
  );
  expect(look).toBeUndefined();
});

test.each<[string, (context: Context) => unknown]>([
  ["says something beside it", ({ stderr }) => stderr.write("warning")],
  ["asks for the time", ({ now }) => now()],
  ["draws lots", ({ random }) => random()],
  ["reads what is typed", ({ readStdin }) => readStdin()],
  ["writes a file", ({ writePrivate }) => writePrivate("/shop/plan", "")],
  ["writes a file for all", ({ writeShared }) => writeShared("/shop/plan", "", true)],
  ["asks for a yes", ({ confirm }) => confirm("Sure?")],
  ["asks a question", ({ ask }) => ask("Which?")],
  ["reads past the context", ({ readsElsewhere }) => readsElsewhere()],
])("a run that %s leaves nothing", async (_, act) => {
  expect(await new Desk().look(act)).toBeUndefined();
});
