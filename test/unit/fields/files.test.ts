import { expect, test } from "vitest";
import { diffContainer, fromDocker, toDocker } from "../../../src/fields/table.ts";
import type { PlacedFile } from "../../../src/model.ts";
import { Secret } from "../../../src/secret.ts";
import { containerSpec } from "../../helpers/build.ts";

const file = (overrides: Partial<PlacedFile> = {}): PlacedFile => ({
  target: "/etc/a.conf",
  mode: 0o644,
  digest: `sha256:${"0".repeat(64)}`,
  ...overrides,
});
const diff = (before: readonly PlacedFile[], after: readonly PlacedFile[]) =>
  diffContainer(containerSpec({ files: before }), containerSpec({ files: after })).deltas;

test("another content and another mode are told apart, and make a new container", () => {
  expect(diff([file()], [file({ digest: "sha256:1", content: "a", mode: 0o600 })])).toEqual([
    {
      change: "replace",
      delta: {
        path: "files./etc/a.conf",
        before: "sha256:000000000000",
        after: "sha256:1",
        note: "content changed",
      },
    },
    {
      change: "replace",
      delta: { path: "files./etc/a.conf.mode", before: "0644", after: "0600" },
    },
  ]);
});

test("only what stands for a content is compared", () => {
  expect(diff([file()], [file({ content: "a" })])).toEqual([]);
});

test("of a secret nothing is shown", () => {
  const wanted = file({ digest: "keyed", content: new Secret("s") });
  const hidden = { path: "files./etc/a.conf", before: undefined, after: undefined };
  expect(diff([file()], [wanted])).toMatchObject([
    { delta: { ...hidden, sensitive: true, note: "content changed" } },
  ]);
  expect(diff([], [wanted])).toMatchObject([{ delta: { sensitive: true, note: "added" } }]);
  expect(diff([wanted], [])).toMatchObject([{ delta: { ...hidden, note: "removed" } }]);
});

test("a label tells what was put where, without contents", () => {
  const files = [file({ content: "content" }), file({ target: "/b", content: new Secret("s") })];
  const { Labels = {} } = toDocker(containerSpec({ files }));
  expect(JSON.parse(Labels["io.axon.files"] ?? "")).toEqual({
    "/etc/a.conf": { digest: file().digest, mode: 0o644 },
    "/b": { digest: file().digest, mode: 0o644 },
  });
  expect(JSON.stringify(Labels)).not.toContain("content");
  expect(toDocker(containerSpec()).Labels).not.toHaveProperty("io.axon.files");
});

test.each(["{", "null", "[1]", '{"/a": 1, "/b": {"digest": 2}}'])(
  "a damaged label %s tells of no files",
  (label) => {
    const Config = { Image: "b", Labels: { "io.axon.files": label } };
    const rest = { State: { Status: "", ExitCode: 0 }, NetworkSettings: { Networks: {} } };
    const container = { Id: "a", Name: "/a", Image: "b", Config, Mounts: [], HostConfig: {} };
    expect(fromDocker({ ...container, ...rest }).files).toEqual([]);
  },
);
