import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { formatError } from "../../../src/cli/output/format-error.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const RUNS = { numRuns: 150, seed: 1, interruptAfterTimeLimit: 4000 };

/** Whatever it is: it is understood, or every problem has a place in the file. */
function survives(text: string): void {
  try {
    parseServicefile({ file: "S", text });
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    const errors = error instanceof AxonError ? [error] : error.errors;
    const last = text.split("\n").length;
    expect(errors.every(({ at }) => at && at.line >= 1 && at.line <= last)).toBe(true);
    expect(formatError(error, () => text)).toMatch(/^error [A-Z_]+: /);
  }
}

const word = fc.constantFrom(
  ..."redis website Env Domains Config Deployment x-a image cmd env ports publish require".split(
    " ",
  ),
  ..."bootstrap init healthcheck restart volumes step detach http tcp test auth path".split(" "),
  ..."__proto__ constructor toString hasOwnProperty << ~ null true no 0 -1 1.10 80 8080:80".split(
    " ",
  ),
  ..."/srv a:b:c [::1]:80:80 always example.org on-failure:x * & ! | > % @ ` $ \u0000 é 例".split(
    " ",
  ),
  "",
  "a, b",
  "'",
);

const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(word, fc.integer(), fc.boolean(), fc.double(), fc.constant(null), fc.string()),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(word, tie("value"), { maxKeys: 6 }),
  ),
})).value;

test("no text makes the parser fail in any other way than with errors", () => {
  const snippets = fc.array(
    fc.oneof(
      word,
      fc.constantFrom(": ", "\n", "\n  ", "- ", "{", "}", "[", "]", ", ", "*a", "&a "),
    ),
    { maxLength: 30 },
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    snippets.map((parts) => parts.join("")),
  );
  fc.assert(fc.property(text, survives), RUNS);
});

test("no YAML tree makes the parser fail in any other way than with errors", () => {
  const body = fc.dictionary(word, tree, { maxKeys: 6 });
  const file = fc.dictionary(word, fc.oneof(body, tree), { maxKeys: 6 });
  fc.assert(
    fc.property(file, (content) => survives(stringify(content))),
    RUNS,
  );
});

test("no service changes what objects inherit", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    survives(`${name}: {image: x, env: {__proto__: {polluted: "yes"}}}`);
    survives(`Env: {${name}: {polluted: "yes"}}\nConfig: {${name}: {polluted: "yes"}}`);
  }
  expect(({} as { polluted?: string }).polluted).toBeUndefined();
});

test.each([
  ["[", "["],
  ["{a: ", "{"],
  ["- ", "-"],
  ["? ", "?"],
])("100,000 times %j is refused before the parser is as deep", (part) => {
  expect(() => parseServicefile({ file: "S", text: part.repeat(100_000) })).toThrow(
    expect.objectContaining({
      code: "SERVICEFILE_SYNTAX",
      message: expect.stringContaining("100 levels deep"),
    }),
  );
});

test("a file of more than a million characters is refused before it is read", () => {
  expect(() => parseServicefile({ file: "S", text: "#".repeat(1_000_001) })).toThrow(
    expect.objectContaining({ code: "SERVICEFILE_SYNTAX" }),
  );
});

test("aliases cannot nest what the text does not", () => {
  const chain = Array.from({ length: 80 }, (_, i) => `x-${i + 1}: &a${i + 1} [*a${i}]\n`);
  expect(() => parseServicefile({ file: "S", text: `x-0: &a0 [1]\n${chain.join("")}` })).toThrow(
    expect.objectContaining({ message: expect.stringContaining("levels deep") }),
  );
});

test("of thousands of wrong keys only the first thousand are told", () => {
  const keys = Array.from({ length: 3000 }, (_, index) => `  a${index}: 1\n`);
  const parse = () => parseServicefile({ file: "S", text: `web:\n${keys.join("")}` });
  expect(parse).toThrow(
    expect.objectContaining({ errors: expect.objectContaining({ length: 1001 }) }),
  );
});
