import fc from "fast-check";
import { expect, test } from "vitest";
import { replaceLate } from "../../../src/servicefile/interpolate/late-reference.ts";
import { parseTemplate } from "../../../src/servicefile/interpolate/template.ts";

const reference = (name: string, operator?: string, word: readonly unknown[] = []) => ({
  name,
  operator,
  word,
});

test.each<[string, readonly unknown[]]>([
  ["", []],
  ["plain $ and $HOME", ["plain $ and $HOME"]],
  ["$$", ["$"]],
  ["$${A}", ["${A}"]],
  ["$$$${A}", ["$${A}"]],
  ["$$${A}", ["$", reference("A")]],
  ["a${A}b", ["a", reference("A"), "b"]],
  ["${A:-}", [reference("A", ":-")]],
  ["${A-b}", [reference("A", "-", ["b"])]],
  ["${A:-b:-c}", [reference("A", ":-", ["b:-c"])]],
  ["${A:?b c}", [reference("A", ":?", ["b c"])]],
  ["${A+${B}c}", [reference("A", "+", [reference("B"), "c"])]],
  ["${store.a/b-c.d}", [reference("store.a/b-c.d")]],
  ["${store.a:-b}", [reference("store.a", ":-", ["b"])]],
])("%j", (text, parts) => {
  expect(parseTemplate(text)).toEqual(parts);
});

test.each([
  "${",
  "${}",
  "${A",
  "${A b}",
  "${A:}",
  "${1}",
  "${A:-${B}",
  "${a.}",
  "${A[0]}",
  "${-A}",
])("%j is no reference", (text) => {
  expect(parseTemplate(text)).toBeUndefined();
});

test("a text in which dollars are doubled says what it says", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parts = parseTemplate(text.replaceAll("$", "$$$$"));
      expect(parts?.join("")).toBe(text);
    }),
  );
});

test("marks that nobody closed end nothing", () => {
  const text = fc.string({ unit: fc.constantFrom("\0", "{", "}", ":", "-", "a", ".") });
  fc.assert(fc.property(text, (any) => !replaceLate(any, () => "x").includes("\0{")));
});
