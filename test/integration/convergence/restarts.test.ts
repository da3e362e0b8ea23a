import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type Docker from "dockerode";
import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { startConsul, type TestConsul } from "../../helpers/consul.ts";
import { startPrivateEngine } from "../../helpers/private-engine.ts";
import { startEngineProxy } from "../../helpers/recording-proxy.ts";
import type { Run, Running } from "../../helpers/run-axon.ts";
import { stateOf } from "./deployment-state.ts";

type Edition = "one" | "two";

/**
 * From one to the other: keys, a change in place, a one-shot, a replacement, a removal, a route. The one-shot
 * of `two` keeps its deployer in the middle until there is /data/go.
 */
function file(deployment: string, edition: Edition): string {
  const hold = edition === "two" ? "echo held; until [ -e /data/go ]; do sleep 0.1; done; " : "";
  return `\
Config: {edition: ${edition}, of/${edition}: leaf}
Domains: {${edition}.example.org: "${deployment}:later:http"}
limited: {image: axon-example/sleeper, step: 2, memory: ${edition === "one" ? "64m" : "96m"}}
holder:
  image: axon-example/sleeper
  step: 3
  volumes: {data: /data}
  bootstrap: {migrate: {cmd: "${hold}echo ended ${edition} >>/data/log", step: 3}}
later: {image: axon-example/sleeper, ports: {http: 80}, env: {EDITION: ${edition}}}
only-${edition}: {image: axon-example/sleeper}
`;
}

interface Place {
  readonly site: Site;
  readonly docker: Docker;
  readonly consul: TestConsul;
  readonly env: Readonly<Record<string, string>>;
}

function deployArgs({ site }: Place, edition: Edition): string[] {
  site.write("Servicefile", file(site.deployment, edition));
  return ["deploy", "-D", site.deployment, "--yes"];
}

async function deploy(place: Place, edition: Edition): Promise<void> {
  expect(await place.site.axon(deployArgs(place, edition), place.env)).toExitWith(0);
}

function state({ site, docker, consul }: Place): Promise<unknown> {
  return stateOf({ docker, consulUrl: consul.url, deployment: site.deployment, named: {} });
}

async function inHolder({ site, docker }: Place, command: string): Promise<string> {
  const exec = await docker.getContainer(`${site.deployment}-holder-1`).exec({
    Cmd: ["sh", "-c", command],
    Tty: true,
    AttachStdout: true,
  });
  let text = "";
  for await (const chunk of await exec.start({ Tty: true })) text += chunk;
  return text;
}

/** Deployed `one`; answers the state that an undisturbed deploy of `two` ends in. */
async function learn(place: Place): Promise<unknown> {
  await deploy(place, "one");
  await inHolder(place, "touch /data/go");
  await deploy(place, "two");
  const wanted = await state(place);
  await deploy(place, "one");
  await inHolder(place, "rm /data/go /data/log");
  return wanted;
}

async function startHeld(place: Place): Promise<Running> {
  const held = place.site.start(deployArgs(place, "two"), place.env);
  await held.seen("holder.migrate | held");
  return held;
}

/** One more deploy ends where an undisturbed one does, and the one-shot has come to its end once. */
async function expectRepair(place: Place, wanted: unknown): Promise<void> {
  await inHolder(place, "touch /data/go");
  await deploy(place, "two");
  expect(await state(place)).toEqual(wanted);
  await expectNothingLeft(place);
}

async function expectNothingLeft(place: Place): Promise<void> {
  expect((await inHolder(place, "cat /data/log")).trim()).toBe("ended two");
  const again = await place.site.axon(deployArgs(place, "two"), place.env);
  expect(again).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
}

test("the engine is restarted in the middle of a deploy, which ends with one clear error; the next one ends where an undisturbed one does", async () => {
  await using engine = await startPrivateEngine(["axon-example/sleeper"]);
  await using consul = await startConsul();
  await using site = openSite();
  const env = { DOCKER_HOST: engine.host, AXON_KV: `consul://127.0.0.1:${consul.address.port}` };
  const place = { site, docker: engine.docker, consul, env };
  const wanted = await learn(place);
  const held = await startHeld(place);
  await engine.restart();
  const cut = await held.ended;
  expect(cut).toExitWith(6);
  expect(cut.stderr).toMatch(/^ {2}failed +holder\.migrate: no engine answers at /m);
  expect(cut.stderr.match(/^error .*/gm)).toEqual([
    expect.stringContaining("error ENGINE_UNREACHABLE: no engine answers at"),
  ]);
  await expectRepair(place, wanted);
});

test("the store is restarted in the middle of a deploy, which goes on as soon as it is back, and ends where an undisturbed one does", async () => {
  await using consul = await startConsul();
  await using site = openSite();
  const env = { AXON_KV: `consul://127.0.0.1:${consul.address.port}`, AXON_LOCK_TTL: "60" };
  const place = { site, docker: site.docker, consul, env };
  const wanted = await learn(place);
  const held = await startHeld(place);
  await consul.restart();
  await inHolder(place, "touch /data/go");
  expect(await held.ended).toExitWith(0);
  expect(await state(place)).toEqual(wanted);
  await expectNothingLeft(place);
});

test("the store is lost in the middle of a deploy: nothing is changed any more once the lock cannot be proven held", async () => {
  await using consul = await startConsul();
  await using proxy = await startEngineProxy();
  await using site = openSite();
  const env = {
    DOCKER_HOST: `tcp://${proxy.address}`,
    AXON_KV: `consul://127.0.0.1:${consul.address.port}`,
    AXON_LOCK_TTL: "10",
  };
  const place = { site, docker: site.docker, consul, env };
  await deploy(place, "one");
  const held = await startHeld(place);
  await consul.stop();
  proxy.forget();
  const ids = async () => (await site.containers()).map(({ Id, State }) => `${Id} ${State}`).sort();
  const before = await ids();

  const lost = await held.ended;
  expect(lost).toExitWith(9);
  expect(lost.stderr.match(/^error .*/gm)).toEqual([expect.stringContaining("error LOCK_LOST")]);
  expect(lost.stderr).toMatch(/^ {2}done +limited$/m);
  expect(lost.stderr).toMatch(/^ {2}failed +holder\.migrate/m);
  expect(lost.stderr).toMatch(/^ {2}skipped +later$/m);
  expect(proxy.mutations()).toEqual([]);
  expect(await ids()).toEqual(before);
  await consul.restart();
  expect(await site.axon(["unlock", "-D", site.deployment, "--yes"], env)).toExitWith(0);
  await inHolder(place, "touch /data/go");
  await deploy(place, "two");
  const again = await site.axon(deployArgs(place, "two"), env);
  expect(again).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
});

/** Besides what it takes to start, which depends on what else the machine has to do. */
const REFUSED_SECONDS = 2;
/** An engine has 4 seconds to answer. */
const SILENT_SECONDS = 6;
/** A deploy loads more than what only says its version. */
const STARTS = 4;

async function secondsOf(run: () => Promise<Run>): Promise<readonly [number, Run]> {
  const began = performance.now();
  const ended = await run();
  return [(performance.now() - began) / 1000, ended];
}

test("engine or store away from the start, even one that takes connections and says nothing: one clear line soon, and nothing is changed", async () => {
  await using engine = await startEngineProxy();
  await using silent = await startSilent();
  await using site = openSite("service: {image: axon-example/sleeper}\n");
  const there = `tcp://${engine.address}`;
  const places = [
    {
      code: "ENGINE_UNREACHABLE",
      within: REFUSED_SECONDS,
      env: { DOCKER_HOST: "tcp://127.0.0.1:1" },
    },
    {
      code: "ENGINE_UNREACHABLE",
      within: SILENT_SECONDS,
      env: { DOCKER_HOST: `tcp://${silent.address}` },
    },
    {
      code: "STORE_UNREACHABLE",
      within: REFUSED_SECONDS,
      env: { DOCKER_HOST: there, AXON_KV: "consul://127.0.0.1:1" },
    },
    {
      code: "STORE_UNREACHABLE",
      within: SILENT_SECONDS,
      env: { DOCKER_HOST: there, AXON_KV: `consul://${silent.address}` },
    },
  ];
  for (const { code, within, env } of places) {
    const [start] = await secondsOf(() => site.axon(["--version"]));
    const [seconds, away] = await secondsOf(() => {
      return site.axon(["deploy", "-D", site.deployment], env);
    });
    expect(seconds).toBeLessThan(within + STARTS * start);
    expect(away).toMatchObject({ exitCode: 1, stdout: "" });
    expect(away.stderr.match(/^error .*/gm)).toEqual([expect.stringContaining(`error ${code}: `)]);
  }
  expect(engine.mutations()).toEqual([]);
});

interface Silent extends AsyncDisposable {
  readonly address: string;
}

async function startSilent(): Promise<Silent> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
