import { expect, test } from "vitest";
import { labelFault } from "../../../src/servicefile/canonical/dns-label.ts";
import { milliseconds } from "../../../src/servicefile/canonical/duration.ts";
import { shellWords } from "../../../src/servicefile/canonical/shell-words.ts";
import { nearest } from "../../../src/servicefile/nearest.ts";
import type { ScalarTree } from "../../../src/servicefile/yaml/tree.ts";

test.each([
  ["a b", ["a", "b"]],
  ["  a\t b\n", ["a", "b"]],
  [`'a b'"c d"e`, ["a bc de"]],
  [String.raw`a\ b \"`, ["a b", '"']],
  [String.raw`"a\"b\n\$"`, [String.raw`a"b\n$`]],
  ["'' \"\"", ["", ""]],
  [String.raw`'a\'`, ["a\\"]],
  ["", []],
  ["'a", undefined],
  ["a\\", undefined],
  [`a"b`, undefined],
])("the shell words of %j", (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

test.each([
  ["10s", 10_000],
  ["1m30s", 90_000],
  ["1h2m3s4ms", 3_723_004],
  ["500ms", 500],
  ["1.5s", 1500],
  ["1500us", 2],
  ["90", 90_000],
  ["0.5", 500],
  ["0", 0],
])("%s is %i milliseconds", (text, expected) => {
  const tree: ScalarTree = { kind: "scalar", path: [], at: 0, value: text, text };
  expect(milliseconds(tree, () => undefined)).toBe(expected);
});

test.each([
  ["imgae", "image"],
  ["volume", "volumes"],
  ["IMAGE", "image"],
  ["prots", "ports"],
  ["banana", undefined],
  ["x", undefined],
])("what %s may have meant", (word, expected) => {
  expect(nearest(word, ["image", "volumes", "ports", "env"])).toBe(expected);
});

test.each([
  ["a", undefined],
  ["a-1", undefined],
  ["a".repeat(63), undefined],
  ["a".repeat(64), "is longer than 63 characters"],
  ["", "is empty"],
  ["-a", "begins or ends with a dash"],
  ["a-", "begins or ends with a dash"],
  ["A", 'has the upper-case letter "A"'],
  ["a_b", 'has the character "_"'],
  ["a\n", String.raw`has the character "\n"`],
])("whether %j can be a name", (text, fault) => {
  expect(labelFault(text)).toBe(fault);
});
