import { describe, expect, test } from "vitest";
import type { LiveContainer } from "../../../src/live.ts";
import { decideInstance } from "../../../src/plan/decide-instance.ts";
import { imageIdentity, running, service } from "../../helpers/build.ts";

describe("decideInstance", () => {
  const web = service("web", { container: { env: { A: "1", B: "2" } } });
  const wanted = { containerName: "shop-web-1", container: web.container, injected: [] };
  const decide = (overrides: Partial<LiveContainer>) =>
    decideInstance(wanted, running(web, overrides));
  const image = imageIdentity("web:0");

  test("only a container that Axon has not made may lack what Axon gives, and nothing else", () => {
    const given = { ...wanted, injected: ["A"] };
    const lacking = { ...web.container, env: { B: "2" } };
    const kind = (overrides: Partial<LiveContainer>) =>
      decideInstance(given, running(web, overrides)).kind;
    expect(kind({ spec: lacking, adopted: "new" })).toBe("keep");
    expect(kind({ spec: lacking, adopted: "known" })).toBe("keep");
    expect(kind({ spec: lacking })).toBe("replace");
    expect(kind({ spec: { ...lacking, env: { A: "1" } }, adopted: "new" })).toBe("replace");
  });

  test("a container that Axon has not made keeps what the file does not name and others may have given", () => {
    const others = {
      labels: { "com.docker.compose.project": "x" },
      logDriver: "journald",
      logOptions: { tag: "x" },
      ipc: "shareable",
      runtime: "runc",
    };
    const spec = { ...web.container, ...others };
    expect(decide({ spec, adopted: "new" })).toMatchObject({ kind: "keep" });
    expect(decide({ spec })).toMatchObject({ kind: "replace" });
    const labelled = { ...web.container, labels: { a: "1" } };
    expect(
      decideInstance({ ...wanted, container: labelled }, running(web, { spec, adopted: "new" })),
    ).toMatchObject({ deltas: [{ delta: { path: "labels.a", after: "1" } }] });
  });

  test("what is not there is created", () => {
    expect(decideInstance(wanted, undefined)).toMatchObject({ kind: "create" });
  });

  test("what runs as wanted is kept, whatever its health and the order of its values", () => {
    const spec = { ...web.container, env: { B: "2", A: "1" } };
    expect(decide({ spec, health: "unhealthy" })).toMatchObject({ kind: "keep" });
  });

  test("one that restarts over and over is left to its restart policy", () => {
    expect(decide({ status: "restarting" })).toMatchObject({ kind: "keep" });
  });

  test.for([
    [{ status: "exited", exitCode: 137 }, "start", "was stopped (exit 137)"],
    [{ status: "exited" }, "start", "was stopped"],
    [{ status: "created" }, "start", "was created"],
    [{ status: "paused" }, "unpause", "was paused"],
  ] as const)("%j is woken by %s", ([state, wake, cause]) => {
    expect(decide(state)).toMatchObject({ kind: "adjust", wake, cause, deltas: [] });
  });

  test.for(["dead", "removing"] as const)("one that is %s is replaced, and says why", (status) => {
    expect(decide({ status })).toMatchObject({ kind: "replace", cause: `was ${status}` });
  });

  test("one that was made and never started is not trusted to have its files", () => {
    const files = [{ target: "/etc/a", mode: 0o644, digest: "sha256:1" }];
    const container = { ...web.container, files };
    const cause = "never started, and may lack its files";
    const decideWith = (status: LiveContainer["status"]) =>
      decideInstance({ ...wanted, container }, running(web, { spec: container, status }));
    expect(decideWith("created")).toMatchObject({ kind: "replace", cause, deltas: [] });
    expect(decideWith("exited")).toMatchObject({ kind: "adjust", wake: "start" });
    expect(decideWith("running")).toMatchObject({ kind: "keep" });
  });

  test("another name is a change in place", () => {
    expect(decide({ name: "elsewhere" })).toMatchObject({
      kind: "adjust",
      wake: undefined,
      deltas: [{ path: "name", before: "elsewhere", after: "shop-web-1" }],
    });
  });

  test("a stopped one that differs in what forces it is replaced, not started first", () => {
    expect(decide({ status: "exited", spec: { ...web.container, image } })).toMatchObject({
      kind: "replace",
      cause: "",
    });
  });

  test("of a replacement, only what forces it is marked so", () => {
    const restart = { name: "always", maximumRetries: 0 } as const;
    const decision = decide({ spec: { ...web.container, image, restart } });
    expect(decision.kind === "replace" && decision.deltas).toMatchObject([
      { forces: true, delta: { path: "image" } },
      { forces: false, delta: { path: "restart" } },
    ]);
  });
});
