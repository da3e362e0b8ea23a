import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepLook } from "../../../src/last-look/keep-look.ts";
import type { LastLook } from "../../../src/last-look/last-look.ts";
import { lookAgain, placeOfLook, readLook } from "../../../src/last-look/open-look.ts";

const RUN = "0".repeat(32);

const LOOK: LastLook = {
  format: 1,
  run: RUN,
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
  place = join(directory, "axon", "looks", `${RUN}.json`);
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const run = () => ({
  args: ["plan"],
  cwd: "/shop",
  program: "program-1.cjs",
  env: { HOME: directory } as Record<string, string>,
});

test("looks are kept with other caches of the user", () => {
  const folder = (env: Record<string, string>) => {
    const at = placeOfLook({ ...run(), env });
    return at && dirname(at);
  };
  expect(folder({ HOME: directory })).toBe(`${directory}/.cache/axon/looks`);
  expect(folder({ HOME: directory, XDG_CACHE_HOME: "/var/x" })).toBe("/var/x/axon/looks");
  expect(folder({ HOME: directory, XDG_CACHE_HOME: "x" })).toBe(`${directory}/.cache/axon/looks`);
  expect(folder({ HOME: directory, AXON_CACHE: "/var/a" })).toBe("/var/a/looks");
  expect(folder({ HOME: directory, AXON_CACHE: "a" })).toBeUndefined();
  expect(folder({ HOME: directory, AXON_CACHE: "" })).toBeUndefined();
  expect(folder({ HOME: join(directory, "none") })).toBeUndefined();
  expect(folder({})).toBeUndefined();
});

test("each command, directory and program has its own", () => {
  const places = [
    run(),
    { ...run(), args: ["deploy"] },
    { ...run(), args: ["plan", "-D", "staging"] },
    { ...run(), cwd: "/shop/api" },
    { ...run(), program: "program-2.cjs" },
  ].map(placeOfLook);
  expect(new Set(places).size).toBe(5);
  expect(placeOfLook(run())).toBe(places[0]);
});

test.each([["--set", "PASSWORD=x"], ["--set=PASSWORD=x"]])("a run with %s has none", (...args) => {
  expect(placeOfLook({ ...run(), args: ["plan", ...args] })).toBeUndefined();
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
  ["the look of another run", JSON.stringify({ ...LOOK, run: "1".repeat(32) })],
  ["no words", JSON.stringify({ ...LOOK, says: 7 })],
])("%s in the file is as good as no file", async (_, text) => {
  await keepLook(place, LOOK, new Date());
  writeFileSync(place, text);
  expect(readLook(place)).toBeUndefined();
});

test("no file is no look", () => {
  expect(readLook(place)).toBeUndefined();
});

test("neither a pipe nor a link is waited for or followed", async () => {
  await keepLook(place, LOOK, new Date());
  const other = join(directory, "other.json");
  renameSync(place, other);
  symlinkSync(other, place);
  expect(readLook(place)).toBeUndefined();
  rmSync(place);
  execFileSync("/usr/bin/mkfifo", ["-m", "600", place]);
  expect(readLook(place)).toBeUndefined();
});

test("nothing is left where others could have put something", async () => {
  const looks = dirname(place);
  mkdirSync(looks, { recursive: true });
  chmodSync(looks, 0o777);
  await keepLook(place, LOOK, new Date());
  expect(existsSync(place)).toBe(false);
  rmSync(looks, { recursive: true });
  const elsewhere = join(directory, "elsewhere");
  mkdirSync(elsewhere, { mode: 0o700 });
  symlinkSync(elsewhere, looks);
  await keepLook(place, LOOK, new Date());
  expect(readdirSync(elsewhere)).toEqual([]);
});

test("looks that nobody has left for a month are removed, and nothing else", async () => {
  const now = new Date();
  const looks = dirname(place);
  const before = (days: number) => new Date(now.getTime() - days * 86_400_000);
  await keepLook(place, LOOK, now);
  for (const [name, days] of Object.entries({
    [`${"1".repeat(32)}.json`]: 31,
    [`${"2".repeat(32)}.json`]: 29,
    "thesis.txt": 700,
  })) {
    writeFileSync(join(looks, name), "");
    utimesSync(join(looks, name), before(days), before(days));
  }
  await keepLook(place, LOOK, now);
  expect(readdirSync(looks).sort()).toEqual([
    `${RUN}.json`,
    `${"2".repeat(32)}.json`,
    "thesis.txt",
  ]);
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
