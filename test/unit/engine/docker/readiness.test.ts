import { describe, expect, test } from "vitest";
import { judge, type Watch } from "../../../../src/engine/docker/readiness.ts";
import type { WaitRequest } from "../../../../src/engine/engine.ts";
import type { DockerContainer } from "../../../../src/fields/docker-api.ts";

type State = Partial<DockerContainer["State"]>;

const container = (state: State = {}, restarts = 0): DockerContainer => ({
  Id: "1",
  Name: "/web",
  Image: "sha256:1",
  Config: { Image: "web" },
  HostConfig: {},
  RestartCount: restarts,
  State: { Status: "running", ExitCode: 0, StartedAt: "first", ...state },
  Mounts: [],
  NetworkSettings: { Networks: {} },
});

const watch = (until: WaitRequest["until"]): Watch => ({
  wait: { until, timeoutMilliseconds: 10_000, settleMilliseconds: 1000 },
  deadline: 10_000,
  run: undefined,
  restartsBefore: undefined,
  wasStarting: false,
});

/** Looks at times on the clock; answers the last verdict. */
function judgeAll(
  start: Watch,
  looks: readonly (readonly [number, DockerContainer | undefined])[],
) {
  let current = start;
  for (const [now, seen] of looks) {
    const verdict = judge(current, seen, now);
    if (verdict.kind === "done") return verdict.result;
    current = verdict.watch;
  }
  return "waiting";
}

describe("running", () => {
  test("it is reached when one run has lasted long enough", () => {
    expect(judgeAll(watch("running"), [[0, container()]])).toBe("waiting");
    expect(
      judgeAll(watch("running"), [
        [0, container()],
        [1000, container()],
      ]),
    ).toEqual({ kind: "reached", exitCode: undefined });
  });

  test("the next look is when it would have settled", () => {
    expect(judge(watch("running"), container(), 200)).toMatchObject({ lookAt: 1200 });
  });

  test("a restart begins the time anew", () => {
    const again = container({ StartedAt: "second" }, 1);
    const looks = [
      [0, container()],
      [900, container({ Status: "restarting", ExitCode: 1 })],
      [950, again],
      [1900, again],
    ] as const;
    expect(judgeAll(watch("running"), looks)).toBe("waiting");
    expect(judgeAll(watch("running"), [...looks, [1950, again]])).toMatchObject({
      kind: "reached",
    });
  });

  test("restarts over and over are an end", () => {
    const looks = [0, 1, 2, 3, 4, 5].map(
      (count) =>
        [
          count,
          container({ Status: "restarting", ExitCode: 3, StartedAt: `${count}` }, count),
        ] as const,
    );
    expect(judgeAll(watch("running"), looks)).toEqual({ kind: "ended", exitCode: 3 });
  });

  test("restarts of former times do not count", () => {
    const old = container({}, 100);
    expect(
      judgeAll(watch("running"), [
        [0, old],
        [1000, old],
      ]),
    ).toMatchObject({ kind: "reached" });
  });

  test("a paused container does not run", () => {
    expect(judgeAll(watch("running"), [[10_000, container({ Status: "paused" })]])).toEqual({
      kind: "timeout",
      status: "paused",
    });
  });
});

describe("healthy", () => {
  const health = (Status: string) => container({ Health: { Status } });

  test("its health decides, not the time", () => {
    expect(
      judgeAll(watch("healthy"), [
        [0, health("starting")],
        [5000, health("starting")],
      ]),
    ).toBe("waiting");
    expect(judgeAll(watch("healthy"), [[0, health("healthy")]])).toMatchObject({ kind: "reached" });
    expect(judge(watch("healthy"), health("starting"), 0)).toMatchObject({ lookAt: 10_000 });
  });

  test("what becomes unhealthy is given up, what was so all along may recover", () => {
    expect(
      judgeAll(watch("healthy"), [
        [0, health("starting")],
        [1, health("unhealthy")],
      ]),
    ).toEqual({ kind: "unhealthy" });
    const all = [
      [0, health("unhealthy")],
      [5000, health("unhealthy")],
    ] as const;
    expect(judgeAll(watch("healthy"), all)).toBe("waiting");
    expect(judgeAll(watch("healthy"), [...all, [6000, health("healthy")]])).toMatchObject({
      kind: "reached",
    });
    expect(judgeAll(watch("running"), all)).toMatchObject({ kind: "reached" });
  });

  test("what is reached at the last moment is reached", () => {
    expect(judgeAll(watch("healthy"), [[10_000, health("healthy")]])).toMatchObject({
      kind: "reached",
    });
  });
});

describe("exited", () => {
  test("its end is what is wanted", () => {
    const ended = container({ Status: "exited", ExitCode: 7 });
    expect(judgeAll(watch("exited"), [[0, ended]])).toEqual({ kind: "reached", exitCode: 7 });
    expect(judgeAll(watch("running"), [[0, ended]])).toEqual({ kind: "ended", exitCode: 7 });
  });

  test("what is gone has no exit code", () => {
    expect(judgeAll(watch("exited"), [[0, undefined]])).toEqual({
      kind: "ended",
      exitCode: undefined,
    });
  });
});
