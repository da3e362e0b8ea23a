import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepLook } from "../../../src/last-look/keep-look.ts";
import type { LastLook } from "../../../src/last-look/last-look.ts";
import { lookAgain, placeOfLook, readLook } from "../../../src/last-look/open-look.ts";

const LOOK: LastLook = {
  format: 1,
  says: "No changes.\n",
  env: ["A"],
  files: [],
  engine: { socket: "/nowhere/docker.sock", reads: ["GET /_ping"] },
  store: { host: "127.0.0.1", port: 1, reads: ["GET /v1/kv/a"] },
  digest: "00",
};

let directory: string;
let place: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "axon-cache-"));
  place = join(directory, "axon", "looks", "one.json");
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const run = { args: ["plan"], cwd: "/shop", program: "program-1.cjs", env: { HOME: "/home/ana" } };

test("looks are kept with other caches of the user", () => {
  const folder = (env: Record<string, string>) => {
    const at = placeOfLook({ ...run, env });
    return at && dirname(at);
  };
  expect(folder({ HOME: "/home/ana" })).toBe("/home/ana/.cache/axon/looks");
  expect(folder({ HOME: "/home/ana", XDG_CACHE_HOME: "/var/x" })).toBe("/var/x/axon/looks");
  expect(folder({ HOME: "/home/ana", AXON_CACHE: "/var/a" })).toBe("/var/a/looks");
  expect(folder({ HOME: "/home/ana", AXON_CACHE: "" })).toBeUndefined();
  expect(folder({})).toBeUndefined();
});

test("each command, directory and program has its own", () => {
  const places = [
    run,
    { ...run, args: ["deploy"] },
    { ...run, args: ["plan", "-D", "staging"] },
    { ...run, cwd: "/shop/api" },
    { ...run, program: "program-2.cjs" },
  ].map(placeOfLook);
  expect(new Set(places).size).toBe(5);
  expect(placeOfLook({ ...run })).toBe(places[0]);
});

test.each([["--set", "PASSWORD=x"], ["--set=PASSWORD=x"]])("a run with %s has none", (...args) => {
  expect(placeOfLook({ ...run, args: ["plan", ...args] })).toBeUndefined();
});

test("what is kept is read, by its owner only", async () => {
  await keepLook(place, LOOK, new Date());
  expect(readLook(place)).toEqual(LOOK);
  expect(statSync(place).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(place)).mode & 0o777).toBe(0o700);
});

test("what others may write or read is not believed", async () => {
  await keepLook(place, LOOK, new Date());
  for (const mode of [0o640, 0o602]) {
    chmodSync(place, mode);
    expect(readLook(place)).toBeUndefined();
  }
});

test.each([
  ["nothing", ""],
  ["half of it", JSON.stringify(LOOK).slice(0, 50)],
  ["null", "null"],
  ["another format", JSON.stringify({ ...LOOK, format: 2 })],
])("%s in the file is as good as no file", async (_, text) => {
  await keepLook(place, LOOK, new Date());
  writeFileSync(place, text);
  expect(readLook(place)).toBeUndefined();
});

test("no file is no look", () => {
  expect(readLook(place)).toBeUndefined();
});

test("what nobody has left for a month is removed", async () => {
  const now = new Date();
  const old = join(dirname(place), "old.json");
  const recent = join(dirname(place), "recent.json");
  for (const path of [old, recent]) await keepLook(path, LOOK, now);
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
  utimesSync(old, before(31), before(31));
  utimesSync(recent, before(29), before(29));
  await keepLook(place, LOOK, now);
  expect(readdirSync(dirname(place)).sort()).toEqual(["one.json", "recent.json"]);
});

test("where the engine is away there is no answer, and no failure", async () => {
  expect(await lookAgain(LOOK, {})).toBeUndefined();
});

test("a look of odd content is no failure", async () => {
  const odd = { ...LOOK, engine: {}, env: 7 } as unknown as LastLook;
  expect(await lookAgain(odd, {})).toBeUndefined();
});

test("a directory in place of a file is no failure", async () => {
  const files = [{ path: directory, size: statSync(directory).size }];
  expect(await lookAgain({ ...LOOK, files }, {})).toBeUndefined();
  expect(existsSync(directory)).toBe(true);
});
