import { getEventListeners, once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine, LogLine } from "../../../src/engine/engine.ts";
import { diffContainer, withoutImage } from "../../../src/fields/table.ts";
import type { ContainerSpec } from "../../../src/model.ts";
import { containerSpec } from "../../helpers/build.ts";
import { type DockerWorld, engineHosts, openDockerWorld } from "../../helpers/docker-world.ts";

const READY: ContainerSpec["healthcheck"] = {
  test: ["CMD", "test", "-e", "/ready"],
  interval: 100,
  timeout: 5000,
  startPeriod: 0,
  retries: 1000,
};

/** What only a real engine can show. */
describe.each(engineHosts())("Docker at %s", (host) => {
  let world: DockerWorld;
  let engine: Engine;
  const { signal } = new AbortController();

  beforeEach(async () => {
    world = await openDockerWorld(host);
    engine = world.engine;
  });
  afterEach(() => world.dispose());

  const create = (overrides: Partial<ContainerSpec>, name = "web") =>
    engine.createContainer(
      {
        name: `${world.deployment}-${name}`,
        identity: { deployment: world.deployment, service: name, instance: 1, kind: "service" },
        spec: spec(overrides),
      },
      signal,
    );
  const spec = (overrides: Partial<ContainerSpec>) =>
    containerSpec({
      image: world.image,
      command: ["sleep", "1000"],
      networks: [],
      restart: { name: "no", maximumRetries: 0 },
      ...overrides,
    });
  const start = async (overrides: Partial<ContainerSpec> = {}, name = "web") => {
    const id = await create(overrides, name);
    await engine.startContainer(id, signal);
    return id;
  };
  const onlyContainer = async () => {
    const { containers } = await engine.observe(world.deployment, signal);
    return containers[0];
  };

  test("a tunnel leads to a port of the container, again and again", async () => {
    const serve = "while true; do echo hello | nc -l -p 8080; done";
    const id = await start({ command: ["sh", "-c", serve] });
    const tunnel = await engine.openTunnel(id, 8080, signal);
    for (const _ of [1, 2]) {
      await expect.poll(() => readAll(tunnel.port), { timeout: 10_000 }).toBe("hello\n");
    }
    await tunnel.close();
    await expect(readAll(tunnel.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("calls that wait end when the signal aborts, and leave no listener behind", async () => {
    const id = await start();
    const wait = { until: "exited", timeoutMilliseconds: 60_000, settleMilliseconds: 0 } as const;
    const controller = new AbortController();
    const calls = [
      engine.awaitContainer(id, wait, controller.signal),
      engine.followLogs(id, () => {}, controller.signal),
      engine.stopContainer(id, 60, controller.signal),
    ].map((call) => call.catch((error) => error));
    await engine.observe(world.deployment, controller.signal);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await Promise.all(calls)).toEqual([reason, reason, reason]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  test("the end is noticed when it comes, not at the next look", async () => {
    const id = await start({ command: ["sh", "-c", "sleep 1; exit 4"] });
    const wait = { until: "exited", timeoutMilliseconds: 30_000, settleMilliseconds: 0 } as const;
    const result = await engine.awaitContainer(id, wait, signal);
    const noticed = Date.now();
    const { State } = await world.docker.getContainer(id).inspect();
    expect(result).toEqual({ kind: "reached", exitCode: 4 });
    expect(noticed - Date.parse(State.FinishedAt)).toBeLessThan(1000);
  });

  test("of several that are waited for, each is told of its own end, and another wait begins after it", async () => {
    const wait = { until: "exited", timeoutMilliseconds: 30_000, settleMilliseconds: 0 } as const;
    const end = async (code: number) => {
      const command = ["sh", "-c", `sleep ${code}; exit ${code}`];
      const result = await engine.awaitContainer(
        await start({ command }, `of${code}`),
        wait,
        signal,
      );
      return result.kind === "reached" ? result.exitCode : result.kind;
    };
    expect(await Promise.all([end(1), end(2)])).toEqual([1, 2]);
    expect(await end(3)).toEqual(3);
  });

  test("what is removed while it is waited for has ended", async () => {
    const id = await start();
    const wait = { until: "exited", timeoutMilliseconds: 30_000, settleMilliseconds: 0 } as const;
    const result = engine.awaitContainer(id, wait, signal);
    await engine.removeContainer(id, signal);
    expect((await result).kind).not.toBe("timeout");
  });

  test("a log is followed while it is written, whatever it is cut into", async () => {
    const write = "printf 'ab\\303'; sleep 1; printf '\\274c\\nlast'";
    const id = await start({ command: ["sh", "-c", write] });
    const lines: string[] = [];
    await engine.followLogs(id, ({ text }) => lines.push(text), signal);
    expect(lines).toEqual(["abüc", "last"]);
  });

  test("what is written to a terminal is told as well", async () => {
    const id = await start({ tty: true, command: ["sh", "-c", "echo one; echo two"] });
    const lines: LogLine[] = [];
    await engine.followLogs(id, (line) => lines.push(line), signal);
    expect(lines.map(({ stream, text }) => `${stream} ${text}`)).toEqual([
      "stdout one",
      "stdout two",
    ]);
    expect(await engine.readLogs(id, 1, signal)).toEqual(lines.slice(1));
  });

  test("a container is stopped by the signal and in the time that it was made with", async () => {
    const run = (name: string) => [
      "sh",
      "-c",
      `trap 'sleep 1; exit 5' ${name}; touch /ready; while true; do sleep 0.1; done`,
    ];
    const stopped = async (name: string, overrides: Partial<ContainerSpec>) => {
      const id = await start({ healthcheck: READY, ...overrides }, name);
      const ready = {
        until: "healthy",
        timeoutMilliseconds: 20_000,
        settleMilliseconds: 0,
      } as const;
      expect(await engine.awaitContainer(id, ready, signal)).toMatchObject({ kind: "reached" });
      await engine.stopContainer(id, undefined, signal);
      return (await world.docker.getContainer(id).inspect()).State.ExitCode;
    };
    expect(await stopped("usual", { command: run("TERM") })).toBe(5);
    expect(await stopped("own", { command: run("USR1"), stopSignal: "SIGUSR1" })).toBe(5);
    expect(await stopped("hurried", { command: run("TERM"), stopGraceSeconds: 0 })).toBe(137);
  });

  test("what the image supplies of a working directory, a signal and labels is no difference", async () => {
    const instructions = ["WORKDIR /srv/app", "LABEL com.example.team=web"];
    const image = await world.addImage("supplies", instructions, { StopSignal: "SIGQUIT" });
    await create({ image, labels: { own: "x" } });
    const live = await onlyContainer();
    const written = {
      image,
      workingDir: "/srv/app/",
      stopSignal: "SIGQUIT",
      labels: { "com.example.team": "web", own: "x" },
    };
    const defaults = (await engine.inspectImage(image.reference, signal))?.defaults;
    if (!live || !defaults) throw new Error("nothing was made");
    expect(diffContainer(live.spec, withoutImage(spec(written), defaults)).deltas).toEqual([]);
    const other = { ...written, stopSignal: "SIGTERM", labels: { "com.example.team": "db" } };
    expect(diffContainer(live.spec, withoutImage(spec(other), defaults)).deltas).toMatchObject([
      { delta: { path: "labels.com.example.team", before: undefined, after: "db" } },
      { delta: { path: "labels.own", before: "x", after: undefined } },
      { delta: { path: "stop_signal", before: undefined, after: "SIGTERM" } },
    ]);
  });

  test("a paused container is seen as one, and goes on or ends", async () => {
    const id = await start();
    await world.docker.getContainer(id).pause();
    expect(await onlyContainer()).toMatchObject({ status: "paused" });
    await engine.unpauseContainer(id, signal);
    expect(await onlyContainer()).toMatchObject({ status: "running" });
    await world.docker.getContainer(id).pause();
    await engine.stopContainer(id, 0, signal);
    expect(await onlyContainer()).toMatchObject({ status: "exited" });
  });

  test("a person reads the image's name, or its content's where the tag has moved", async () => {
    const id = await create({});
    const moved = await world.addImage("moved", ["ENV MOVED=1"]);
    const other = await create({ image: { ...world.image, reference: moved.reference } }, "other");
    const name = async (of: string) => (await world.docker.getContainer(of).inspect()).Config.Image;
    expect(await name(id)).toBe(world.image.reference);
    expect(await name(other)).toBe(world.image.id);
    const { containers } = await engine.observe(world.deployment, signal);
    expect(containers.map((item) => item.spec.image.reference).sort()).toEqual(
      [world.image.reference, moved.reference].sort(),
    );
  });

  test.each<[string, Partial<ContainerSpec>]>([
    ["nothing", {}],
    ["the same health check", { healthcheck: check({}) }],
    ["a health check that takes the rest from the image", { healthcheck: check({ retries: 0 }) }],
    ["another health check", { healthcheck: check({ retries: 9 }) }],
    ["no health check", { healthcheck: "none" }],
    ["another command", { command: ["sleep", "5"] }],
    ["another entrypoint", { entrypoint: ["sleep"], command: ["5"] }],
    ["another entrypoint and the image's command", { entrypoint: ["sleep"], command: ["900"] }],
    ["no entrypoint", { entrypoint: [], command: ["sleep", "900"] }],
    ["another user and variable", { user: "0", env: { FROM_IMAGE: "other", PLAIN: "1" } }],
    ["the same user and variable", { user: "1000", env: { FROM_IMAGE: "yes" } }],
  ])("an image that supplies everything, and %s", async (_, overrides) => {
    const image = await world.addImage("full", [
      'ENTRYPOINT ["/bin/busybox", "sleep"]',
      'CMD ["900"]',
      "ENV FROM_IMAGE=yes",
      "USER 1000",
      "EXPOSE 80/tcp",
      "VOLUME /srv/own",
      "HEALTHCHECK --interval=5s --timeout=2s --start-period=1s --retries=4 CMD true",
    ]);
    const wanted = spec({ image, command: undefined, ...overrides });
    await start(wanted);
    const facts = await engine.inspectImage(image.reference, signal);
    if (!facts) throw new Error("no facts");
    const live = await onlyContainer();
    expect(live?.spec).toBeDefined();
    if (live) {
      const { deltas } = diffContainer(live.spec, withoutImage(wanted, facts.defaults));
      expect(deltas).toEqual([]);
    }
  });
});

function check(overrides: object) {
  return {
    test: ["CMD-SHELL", "true"],
    interval: 5000,
    timeout: 2000,
    startPeriod: 1000,
    retries: 4,
    ...overrides,
  };
}

async function readAll(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  await once(socket, "end");
  socket.destroy();
  return text;
}
