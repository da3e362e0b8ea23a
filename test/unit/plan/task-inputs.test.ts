import { describe, expect, test } from "vitest";
import { BARE_CONTAINER } from "../../../src/fields/bare-container.ts";
import type { TaskSpec } from "../../../src/model.ts";
import { diffInputs } from "../../../src/plan/diff-inputs.ts";
import { taskInputs } from "../../../src/plan/task-inputs.ts";
import { Secret, type Text } from "../../../src/secret.ts";

const container: TaskSpec["container"] = {
  ...BARE_CONTAINER,
  image: { reference: "shop/web:1", id: "sha256:1" },
};

function recorded(inputs: Record<string, Text>) {
  return taskInputs({ container, inputs }, (text) => `<${text.length}>`);
}

describe("taskInputs", () => {
  test("plain inputs are kept as they are, with the image's reference for readers", () => {
    expect(recorded({ image: "sha256:1", "env.MODE": "fast", command: '["x"]' })).toEqual({
      image: "sha256:1",
      "image.reference": "shop/web:1",
      "env.MODE": "fast",
      command: '["x"]',
    });
  });

  test("a secret, and a value whose name looks like one, are kept as digests", () => {
    expect(
      recorded({
        "env.DSN": new Secret("abc"),
        "env.DB_PASSWORD": "abcd",
        "config.db/token": "abcde",
        "volumes./run/secrets": "shop-web-secrets",
      }),
    ).toMatchObject({
      "env.DSN": "digest:<3>",
      "env.DB_PASSWORD": "digest:<4>",
      "config.db/token": "digest:<5>",
      "volumes./run/secrets": "shop-web-secrets",
    });
  });
});

describe("diffInputs", () => {
  const diff = (before: Record<string, Text>, after: Record<string, Text>) =>
    diffInputs(recorded(before), recorded(after));

  test("equal inputs have no difference", () => {
    expect(diff({ "env.A": "1" }, { "env.A": "1" })).toEqual([]);
  });

  test("what was added, changed and removed is told, sorted by path", () => {
    expect(diff({ "env.B": "1", "env.C": "1" }, { "env.B": "2", "env.A": "1" })).toEqual([
      { path: "env.A", before: undefined, after: "1" },
      { path: "env.B", before: "1", after: "2" },
      { path: "env.C", before: "1", after: undefined },
    ]);
  });

  test("a command is shown as a list", () => {
    expect(diff({}, { command: '["a","b"]' })).toEqual([
      { path: "command", before: undefined, after: ["a", "b"] },
    ]);
  });

  test("a damaged list in a record is shown as it is", () => {
    expect(diffInputs({ command: "[1" }, { command: "[1]" })).toEqual([
      { path: "command", before: "[1", after: "[1]" },
    ]);
  });

  test("neither value of a secret is told", () => {
    expect(diff({ "env.X": new Secret("a") }, { "env.X": new Secret("ab") })).toEqual([
      { path: "env.X", before: undefined, after: undefined, sensitive: true },
    ]);
  });

  test("a secret that is new or gone is said to be so", () => {
    const secret = { "env.X": new Secret("a") };
    expect(diff({}, secret)).toMatchObject([{ sensitive: true, note: "added" }]);
    expect(diff(secret, {})).toMatchObject([{ sensitive: true, note: "removed" }]);
  });

  test("the plain value of what became secret is not told", () => {
    const [delta] = diff({ "env.X": "a" }, { "env.X": new Secret("a") });
    expect(delta).toEqual({ path: "env.X", before: undefined, after: undefined, sensitive: true });
  });

  test("a moved tag shows both ids, short", () => {
    expect(diff({ image: "sha256:0123456789abcdef" }, { image: "sha256:2" })).toEqual([
      { path: "image", before: "sha256:0123456789ab", after: "sha256:2", note: "same tag" },
    ]);
  });

  test("another image shows both references", () => {
    const before = { image: "sha256:1", "image.reference": "a:1" };
    const after = { image: "sha256:2", "image.reference": "a:2" };
    expect(diffInputs(before, after)).toEqual([{ path: "image", before: "a:1", after: "a:2" }]);
  });

  test("another reference to the same image is no difference", () => {
    const before = { image: "sha256:1", "image.reference": "a:1" };
    expect(diffInputs(before, { ...before, "image.reference": "a:2" })).toEqual([]);
  });
});
