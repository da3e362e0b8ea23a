import { expect, test } from "vitest";
import { pathFrom } from "../../../src/servicefile/path-from.ts";

const CASES: readonly [file: string | undefined, path: string, from: string, isOutside: boolean][] =
  [
    [undefined, "a", "a", false],
    [undefined, "./a//b/../c", "a/c", false],
    ["conf/base.yaml", "a", "conf/a", false],
    ["conf/base.yaml", "../a", "a", false],
    ["conf/base.yaml", "../../a", "../a", true],
    [undefined, "a/../../../b", "../../b", true],
    ["../other/base.yaml", "a", "../other/a", true],
    ["../other/base.yaml", "../../a", "../../a", true],
    [undefined, "/etc/../etc/passwd", "/etc/passwd", true],
    [undefined, "/../..", "/", true],
    ["/opt/base.yaml", "../a", "/a", true],
    ["conf/base.yaml", "~/a", "~/a", true],
    [undefined, "...", "...", false],
    [undefined, "..a", "..a", false],
    ["conf/base.yaml", "", "", false],
    ["conf/base.yaml", "..", "", false],
  ];

test("a path is seen from the directory of the Servicefile, and known to lead out of it", () => {
  for (const [file, path, from, isOutside] of CASES) {
    expect(pathFrom(file, path), `${path} in ${file}`).toEqual({ path: from, isOutside });
  }
});
