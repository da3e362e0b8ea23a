import { expect, test } from "vitest";
import { typeFault } from "../../../src/descriptor/config-type.ts";

test.for([
  ["string", "", true],
  ["bool", "true", true],
  ["bool", "yes", false],
  ["bool", "", false],
  ["int", "-12", true],
  ["int", "1.0", false],
  ["int", "0x10", false],
  ["number", "1.5e3", true],
  ["number", ".5", true],
  ["number", "Infinity", false],
  ["number", "", false],
  ["json", '{"a": [1]}', true],
  ["json", "{a: 1}", false],
] as const)("as %s, %j fits: %s", ([type, text, fits]) => {
  expect(typeFault(type, text) === undefined).toBe(fits);
});
