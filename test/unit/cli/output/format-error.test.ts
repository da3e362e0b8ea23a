import { expect, test } from "vitest";
import { formatError } from "../../../../src/cli/output/format-error.ts";
import { AxonError, AxonErrors } from "../../../../src/errors.ts";

const at = (line: number, column: number) => ({ file: "Servicefile", line, column });

function format(text: string, column: number): string[] {
  const error = new AxonError("SERVICEFILE_INVALID", "x", { at: at(1, column) });
  return formatError(error, () => text).split("\n");
}

test("an error shows its code, its place, the line and what to do", () => {
  const error = new AxonError("SERVICEFILE_INVALID", "website.imgae is not a known key", {
    at: at(2, 3),
    hint: 'did you mean "image"?',
  });
  expect(formatError(error, () => "website:\n  imgae: rock77/website\n")).toBe(
    [
      "error SERVICEFILE_INVALID: website.imgae is not a known key",
      "  --> Servicefile:2:3",
      "   |   imgae: rock77/website",
      "   |   ^",
      'hint: did you mean "image"?',
    ].join("\n"),
  );
});

test("an error without a place is a sentence and a hint", () => {
  const error = new AxonError("ENGINE_UNREACHABLE", "no answer", { hint: "start it" });
  expect(formatError(error, () => undefined)).toBe(
    "error ENGINE_UNREACHABLE: no answer\nhint: start it",
  );
});

test("a file that cannot be shown leaves the place", () => {
  const error = new AxonError("SERVICEFILE_INVALID", "x", { at: at(9, 1) });
  expect(formatError(error, () => undefined)).toBe(
    "error SERVICEFILE_INVALID: x\n  --> Servicefile:9:1",
  );
});

test("several errors are counted at the end", () => {
  const errors = [new AxonError("USAGE", "a"), new AxonError("USAGE", "b")];
  expect(formatError(new AxonErrors(errors), () => undefined)).toBe(
    "error USAGE: a\n\nerror USAGE: b\n\n2 problems",
  );
});

test("a long line is cut around the caret", () => {
  for (const column of [1, 60, 500, 990, 1000]) {
    const text = `${"a".repeat(column - 1)}X${"b".repeat(1000 - column)}`;
    const [, , line = "", caret = ""] = format(text, column);
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line[caret.indexOf("^")]).toBe("X");
    expect(line).toContain("...");
  }
});

test("a line of 75 characters is shown whole", () => {
  expect(format("a".repeat(75), 75)[2]).toBe(`   | ${"a".repeat(75)}`);
});

test("the caret stands below its character behind tabs and wide characters", () => {
  expect(format("\t\tX", 3)).toEqual(expect.arrayContaining(["   |   X", "   |   ^"]));
  expect(format("例: X", 4)).toEqual(expect.arrayContaining(["   | 例: X", "   |     ^"]));
});

test("control characters cannot reach the terminal", () => {
  const error = new AxonError("USAGE", "\u001B[31mred\u0007", { at: at(1, 1) });
  const text = formatError(error, () => "\u001B[2J\u202Eabc\rd");
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain("abc");
});

test.each([
  ["  DB_PASSWORD: hunter2", 3],
  ["  - DB_PASSWORD=hunter2", 5],
  ["Domains: {example.org: {auth: {admin: hunter2}, x: 1}}", 50],
  ["  API_TOKEN: 'x hunter2'", 20],
  ["  url: redis://user:hunter2@host/0", 30],
])("the secret in %s is not shown", (text, column) => {
  const lines = format(text, column);
  expect(lines.join("\n")).not.toContain("hunter2");
  expect(lines.join("\n")).toContain("(sensitive)");
  expect(lines[3]?.length).toBeLessThanOrEqual((lines[2]?.length ?? 0) + 1);
});

test("paint colours the words and leaves the text", () => {
  const paint = {
    error: (text: string) => `<e>${text}</e>`,
    hint: (text: string) => `<h>${text}</h>`,
    dim: (text: string) => `<d>${text}</d>`,
  };
  const error = new AxonError("USAGE", "a", { hint: "b", at: at(1, 1) });
  expect(formatError(error, () => "x", paint)).toBe(
    "<e>error USAGE:</e> a\n<d>  --> Servicefile:1:1</d>\n<d>   |</d> x\n<d>   |</d> ^\n<h>hint:</h> b",
  );
});
