import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { startConsul } from "../helpers/consul.ts";

const SERVICE = "service: {image: axon-example/sleeper}\n";

async function expectUnreachable(site: Site, host: string, says: string): Promise<void> {
  const commands = [
    ["plan", "-D", site.deployment],
    ["deploy", "-D", site.deployment],
    ["destroy", "-D", site.deployment, "--yes"],
    ["status", "-D", site.deployment],
    ["describe", "axon-example/nova"],
  ];
  for (const command of commands) {
    const { exitCode, stdout, stderr } = await site.axon(command, { DOCKER_HOST: host });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toContain(`error ENGINE_UNREACHABLE: no engine answers at ${host}: ${says}`);
    expect(stderr.match(/^error/gm)).toHaveLength(1);
  }
}

test("an engine whose socket is not there is one clear error of every command", async () => {
  await using site = openSite(SERVICE);
  await expectUnreachable(site, `unix://${site.directory}/none.sock`, "there is no such socket");
});

test("an engine whose port is closed is one clear error of every command", async () => {
  await using site = openSite(SERVICE);
  await expectUnreachable(site, "tcp://127.0.0.1:1", "nothing listens there");
});

test("something that is no engine is told as such", async () => {
  await using consul = await startConsul();
  await using site = openSite(SERVICE);
  const { exitCode, stderr } = await site.axon(["plan", "-D", site.deployment], {
    DOCKER_HOST: `tcp://127.0.0.1:${consul.address.port}`,
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("error ENGINE_UNREACHABLE");
});

test("an address that cannot be an engine's is an error of usage", async () => {
  await using site = openSite(SERVICE);
  const { exitCode, stderr } = await site.axon(["plan", "-D", site.deployment], {
    DOCKER_HOST: "somewhere",
  });
  expect(exitCode).toBe(3);
  expect(stderr).toContain("error USAGE: DOCKER_HOST is not the address of an engine: somewhere");
});

test("--docker wins over DOCKER_HOST", async () => {
  await using site = openSite(SERVICE);
  const host = process.env.DOCKER_HOST ?? "";
  const run = await site.axon(["plan", "-D", site.deployment, "--docker", host], {
    DOCKER_HOST: "tcp://127.0.0.1:1",
  });
  expect(run).toExitWith(0);
});

test("a socket that this user may not use is told as a matter of rights", async () => {
  const directory = mkdtempSync(join(tmpdir(), "axon-denied-"));
  const socket = join(directory, "docker.sock");
  const server = createServer().listen(socket);
  try {
    await new Promise((done) => server.once("listening", done));
    cpSync("dist", join(directory, "dist"), { recursive: true });
    copyFileSync(process.execPath, join(directory, "node"));
    chmodSync(directory, 0o755);
    chmodSync(socket, 0o600);
    // Root may use any socket, so it steps aside; anybody else is kept out by the mode alone.
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) chmodSync(socket, 0);
    const { status, stderr } = spawnSync(
      join(directory, "node"),
      ["dist/axon.js", "describe", "axon-example/nova"],
      {
        cwd: directory,
        encoding: "utf8",
        env: { NO_COLOR: "1", DOCKER_HOST: `unix://${socket}`, HOME: directory },
        ...(isRoot && { uid: 65_534, gid: 65_534 }),
      },
    );
    expect(status).toBe(1);
    expect(stderr).toContain(
      `error ENGINE_DENIED: no permission to use the engine at unix://${socket}`,
    );
  } finally {
    server.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
