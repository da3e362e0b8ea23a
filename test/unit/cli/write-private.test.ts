import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writePrivate } from "../../../src/cli/write-private.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "axon-private-"));
  file = join(folder, "keys.yaml");
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (path: string) => readFileSync(path, "utf8");
const modeOf = (path: string) => statSync(path).mode & 0o777;

test("a new file is readable by this user only", async () => {
  await writePrivate(file, "new");
  expect([read(file), modeOf(file)]).toEqual(["new", 0o600]);
});

test("so is one that everybody could read before, and nothing is left beside it", async () => {
  writeFileSync(file, "old and longer");
  chmodSync(file, 0o644);
  await writePrivate(file, "new");
  expect([read(file), modeOf(file)]).toEqual(["new", 0o600]);
  expect(readdirSync(folder)).toEqual(["keys.yaml"]);
});

test("who has the former file open does not see what is written", async () => {
  writeFileSync(file, "old");
  const other = join(folder, "other");
  linkSync(file, other);
  await writePrivate(file, "new");
  expect(read(other)).toBe("old");
});

test("a symbolic link stays, and what it leads to is written", async () => {
  const [there, missing] = [join(folder, "there"), join(folder, "missing")];
  writeFileSync(there, "old");
  for (const target of [there, missing]) {
    symlinkSync(target, file);
    await writePrivate(file, "new");
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect([read(target), modeOf(target)]).toEqual(["new", 0o600]);
    rmSync(file);
  }
});

test("a device and a pipe are written to as they are", async () => {
  const before = statSync("/dev/null");
  await writePrivate("/dev/null", "new");
  expect(statSync("/dev/null")).toMatchObject({ ino: before.ino, mode: before.mode });
  execFileSync("/usr/bin/mkfifo", ["-m", "644", file]);
  const reading = readFile(file, "utf8");
  await writePrivate(file, "new");
  expect(await reading).toBe("new");
  expect(statSync(file).isFIFO()).toBe(true);
});

test("a file that must be new is not written over", async () => {
  writeFileSync(file, "old");
  await expect(writePrivate(file, "new", true)).rejects.toMatchObject({ code: "EEXIST" });
  expect(read(file)).toBe("old");
});

test("a write that fails leaves what was there, and nothing beside it", async () => {
  writeFileSync(file, "old");
  async function* untilFull() {
    yield "half of it";
    throw new Error("the disk is full");
  }
  const text = untilFull() as unknown as string;
  await expect(writePrivate(file, text)).rejects.toThrow("the disk is full");
  expect(read(file)).toBe("old");
  expect(readdirSync(folder)).toEqual(["keys.yaml"]);
  await expect(writePrivate(folder, "new")).rejects.toMatchObject({ code: "EISDIR" });
});
