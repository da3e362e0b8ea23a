import { expect, test } from "vitest";
import { cpuList } from "../../../src/fields/cpu-list.ts";

test.each([
  ["0-1", "0-1"],
  ["1,0", "0-1"],
  ["0,2-3,1", "0-3"],
  ["0-5,2", "0-5"],
  ["5,0-2,5-5", "0-2,5"],
  ["7", "7"],
  ["10,9", "9-10"],
])("the CPUs %s are %s", (text, same) => {
  expect(cpuList(text)).toBe(same);
});

test("no list is none", () => {
  expect(cpuList(undefined)).toBeUndefined();
});
