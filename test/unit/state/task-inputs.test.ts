import { describe, expect, test } from "vitest";
import type { ContainerSpec, TaskSpec } from "../../../src/model.ts";
import { Secret } from "../../../src/secret.ts";
import { diffInputs } from "../../../src/state/diff-inputs.ts";
import { taskInputs } from "../../../src/state/task-inputs.ts";

function task(container: Partial<ContainerSpec> = {}, overrides: Partial<TaskSpec> = {}): TaskSpec {
  return {
    id: "web.migrate",
    kind: "bootstrap",
    service: "web",
    step: 3,
    container: {
      image: { reference: "shop/web:1", id: "sha256:1" },
      entrypoint: undefined,
      command: undefined,
      env: {},
      user: undefined,
      mounts: [],
      publish: [],
      healthcheck: undefined,
      restart: { name: "no", maximumRetries: 0 },
      networks: [],
      ...container,
    },
    timeout: 300,
    acceptedExitCodes: [0],
    run: "on-change",
    requires: [],
    ...overrides,
  };
}

const inputs = (spec: TaskSpec) => taskInputs(spec, (text) => `<${text.length}>`);

describe("taskInputs", () => {
  test("everything that the command depends on is in it", () => {
    const spec = task({
      entrypoint: ["/bin/sh"],
      command: ["-c", "x"],
      env: { MODE: "fast" },
      user: "app",
      mounts: [
        { kind: "volume", source: "shop-web-data", target: "/data", readOnly: false },
        { kind: "bind", source: "/etc/x", target: "/x", readOnly: true },
      ],
    });
    expect(inputs(spec)).toEqual({
      image: "sha256:1",
      "image.reference": "shop/web:1",
      entrypoint: '["/bin/sh"]',
      command: '["-c","x"]',
      "env.MODE": "fast",
      user: "app",
      "mounts./data": "volume shop-web-data",
      "mounts./x": "bind /etc/x (read-only)",
    });
  });

  test("a secret, and a value whose name looks like one, are kept as digests", () => {
    const { "env.DSN": dsn, "env.DB_PASSWORD": password } = inputs(
      task({ env: { DSN: new Secret("abc"), DB_PASSWORD: "abcd" } }),
    );
    expect(dsn).toBe("digest:<3>");
    expect(password).toBe("digest:<4>");
  });

  test("networks, restart policy, step and timeout do not matter", () => {
    const other = task(
      {
        networks: [{ name: "shop", aliases: ["x"] }],
        restart: { name: "always", maximumRetries: 0 },
      },
      { step: 5, timeout: 1 },
    );
    expect(inputs(other)).toEqual(inputs(task()));
  });
});

describe("diffInputs", () => {
  const diff = (before: Partial<ContainerSpec>, after: Partial<ContainerSpec>) =>
    diffInputs(inputs(task(before)), inputs(task(after)));

  test("equal inputs have no difference", () => {
    expect(diff({ env: { A: "1" } }, { env: { A: "1" } })).toEqual([]);
  });

  test("what was added, changed and removed is told, sorted by path", () => {
    expect(diff({ env: { B: "1", C: "1" } }, { env: { A: "1", B: "2" } })).toEqual([
      { path: "env.A", before: undefined, after: "1" },
      { path: "env.B", before: "1", after: "2" },
      { path: "env.C", before: "1", after: undefined },
    ]);
  });

  test("no command and an empty command differ", () => {
    expect(diff({}, { command: [] })).toEqual([{ path: "command", before: undefined, after: [] }]);
  });

  test("neither value of a secret is told", () => {
    expect(diff({ env: { DSN: new Secret("a") } }, { env: { DSN: new Secret("ab") } })).toEqual([
      { path: "env.DSN", before: undefined, after: undefined, sensitive: true },
    ]);
  });

  test("a value that became secret is not told either", () => {
    const [delta] = diff({ env: { DSN: "a" } }, { env: { DSN: new Secret("a") } });
    expect(delta).toMatchObject({ before: undefined, after: undefined, sensitive: true });
  });

  test("a moved tag shows both ids", () => {
    expect(
      diff(
        { image: { reference: "a:1", id: "sha256:1" } },
        { image: { reference: "a:1", id: "sha256:2" } },
      ),
    ).toEqual([{ path: "image", before: "sha256:1", after: "sha256:2", note: "same tag" }]);
  });

  test("another reference to the same image is no difference", () => {
    const image = { reference: "a:2", id: "sha256:1" };
    expect(diff({ image: { reference: "a:1", id: "sha256:1" } }, { image })).toEqual([]);
  });

  test("a record with a damaged list is shown as it is", () => {
    expect(diffInputs({ command: "[1" }, { command: '["x"]' })).toEqual([
      { path: "command", before: "[1", after: ["x"] },
    ]);
  });
});
