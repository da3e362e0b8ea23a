import fc from "fast-check";
import { expect, test } from "vitest";
import { parseEnvFile } from "../../../src/servicefile/env-file.ts";

test.each<[string, string]>([
  ["A=1", "1"],
  ["  A = b c  ", "b c"],
  ["export A=1", "1"],
  ["A=", ""],
  ["A=b=c", "b=c"],
  ["A=b # a comment", "b"],
  ["A=# a comment", ""],
  ["A=b#c", "b#c"],
  ["A='b # $c \\n'", "b # $c \\n"],
  ['A="b # c" # comment', "b # c"],
  ['A="a\\nb\\t\\"c\\" \\\\ \\$d"', 'a\nb\t"c" \\ $d'],
  ['A="two\nlines"', "two\nlines"],
  ["A='two\r\nlines'", "two\nlines"],
  ["\uFEFFA=1", "1"],
  ["A=${B} $C", "${B} $C"],
  ["A=it's", "it's"],
])("%j gives %j", (text, value) => {
  expect(parseEnvFile(text)).toEqual({ entries: [["A", value]], problems: [] });
});

test("comments and empty lines say nothing, and the lines are counted", () => {
  const { entries, problems } = parseEnvFile('# one\n\nA="1\n2"\nB\n  \nC="x\n');
  expect(entries).toEqual([["A", "1\n2"]]);
  expect(problems.map(({ line }) => line)).toEqual([5, 7]);
});

test("a value that has quotes and more is no value", () => {
  expect(parseEnvFile('A="b"c').problems).toHaveLength(1);
  expect(parseEnvFile("=b").problems).toHaveLength(1);
});

test("no message holds a value", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 3 }), (text) => {
      const { problems } = parseEnvFile(`A="~${text}~`);
      return !problems.some(({ says }) => says.includes(`~${text}~`));
    }),
  );
});

test("no text makes it fail", () => {
  const text = fc.string({ unit: fc.constantFrom(..."A='\"\\ \n\r#é$ export") });
  fc.assert(fc.property(text, (any) => parseEnvFile(any).entries.length >= 0));
});
