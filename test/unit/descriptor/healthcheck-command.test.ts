import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { healthcheckCommand } from "../../../src/descriptor/healthcheck-command.ts";

let server: Server;
let port: number;
let closedPort: number;
let asked: string | undefined;
const folder = mkdtempSync(join(tmpdir(), "axon-healthcheck-"));

beforeAll(async () => {
  server = createServer((request, response) => {
    asked = request.url;
    response.statusCode = request.url?.startsWith("/ill") ? 503 : 200;
    response.end();
  });
  port = await listen(server);
  const other = createServer();
  closedPort = await listen(other);
  await new Promise((resolve) => other.close(resolve));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

async function listen(on: Server): Promise<number> {
  await new Promise<void>((resolve) => on.listen(0, "127.0.0.1", resolve));
  return (on.address() as AddressInfo).port;
}

/** Runs the check in a world that has these programs only. */
async function check(command: readonly string[], programs: Readonly<Record<string, string>>) {
  const bin = mkdtempSync(join(folder, "bin-"));
  for (const [name, text] of Object.entries(programs)) {
    if (text.startsWith("/")) symlinkSync(text, join(bin, name));
    else writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    if (!text.startsWith("/")) chmodSync(join(bin, name), 0o755);
  }
  return run(command[1] ?? "", bin);
}

function run(script: string, path: string): Promise<{ code: number; stderr: string }> {
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", script], { env: { PATH: path } }, (error, _, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, stderr });
    });
  });
}

const node = { node: process.execPath };
const http = (path: string) => healthcheckCommand({ http: { path } }, port);
const tcp = (to: number) => healthcheckCommand({ tcp: true }, to);

describe("an http check", () => {
  test("is a shell's command", () => {
    expect(http("/")[0]).toBe("CMD-SHELL");
  });

  test("holds when the answer is below 400", async () => {
    expect(await check(http("/health?deep=1"), node)).toMatchObject({ code: 0 });
    expect(asked).toBe("/health?deep=1");
  });

  test("fails when the answer is an error, and when there is none", async () => {
    expect((await check(http("/ill"), node)).code).toBe(1);
    const silent = healthcheckCommand({ http: { path: "/" } }, closedPort);
    expect((await check(silent, node)).code).toBe(1);
  });

  test.for([
    ["wget", "-q -O /dev/null"],
    ["curl", "-gfsS -o /dev/null"],
  ])("uses %s where the image has it", async ([program = "", flags]) => {
    const fake = { [program]: 'echo "$@" >&2; exit 0' };
    const { code, stderr } = await check(http("/x"), fake);
    expect([code, stderr]).toEqual([0, `${flags} http://127.0.0.1:${port}/x\n`]);
  });

  test("asks the next program when one fails", async () => {
    expect((await check(http("/"), { wget: "exit 1", ...node })).code).toBe(0);
    expect((await check(http("/"), { wget: "exit 1" })).code).toBe(1);
  });

  test("fails where the image has no program for it, and says so", async () => {
    expect(await check(http("/"), {})).toEqual({
      code: 1,
      stderr: "an http health check needs wget, curl or node in the image\n",
    });
  });

  test.for([
    ["/a'b", "/a'b"],
    ["/'; exit 0; '", "/';%20exit%200;%20'"],
    ["/$(exit 0)`exit 0`", "/$(exit%200)%60exit%200%60"],
    ["/a b\né", "/a%20b%0A%C3%A9"],
    ["/a%20b", "/a%20b"],
    ["x", "/x"],
  ])("asks for the path %j and runs nothing that stands in it", async ([path = "", expected]) => {
    expect((await check(http(path), node)).code).toBe(0);
    expect(asked).toBe(expected);
  });
});

describe("a tcp check", () => {
  test.for([
    ["bash", "/bin/bash"],
    ["node", process.execPath],
  ])("connects with %s", async ([program = "", path = ""]) => {
    expect((await check(tcp(port), { [program]: path })).code).toBe(0);
    expect((await check(tcp(closedPort), { [program]: path })).code).toBe(1);
  });

  test.for([
    ["that knows -z", "-z 127.0.0.1 6379"],
    ["that knows only -e", "127.0.0.1 6379 -e true"],
  ])("uses an nc %s", async ([, known]) => {
    expect((await check(tcp(6379), { nc: `[ "$*" = "${known}" ]` })).code).toBe(0);
  });

  test("asks the next program when nc knows neither", async () => {
    expect((await check(tcp(port), { nc: "exit 1", ...node })).code).toBe(0);
  });

  test("fails where the image has no program for it, and says so", async () => {
    expect(await check(tcp(port), {})).toEqual({
      code: 1,
      stderr: "a tcp health check needs nc, bash or node in the image\n",
    });
  });
});
