import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AxonError, AxonErrors } from "../../../src/errors.ts";
import { parseKeysFile, renderKeysFile } from "../../../src/keys/keys-file.ts";

const part = fc.stringMatching(/^[a-zA-Z0-9,_\-?&=]{1,12}$/);
const key = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
const value = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }).filter((text) => text.isWellFormed() && !text.includes("\0")),
  fc.constantFrom(
    "",
    "true",
    "null",
    "1.10",
    "0x1f",
    "- a",
    "a: b",
    "#",
    "\n",
    "a\n\nb\n",
    " \t",
    "~",
    "\u2028",
    "\uFEFF",
    "\r\n",
    "<<",
    "*a",
    "|\n x",
  ),
);
const entries = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name });

describe("a file of keys", () => {
  test.each(["yaml", "json"] as const)(
    "in %s gives back every key and value, and itself, byte for byte",
    (format) => {
      fc.assert(
        fc.property(entries, fc.nat(), (pairs, cut) => {
          const at = pairs.length === 0 ? 0 : cut % pairs.length;
          const file = {
            deployment: "shop",
            config: Object.fromEntries(pairs.slice(0, at)),
            sensitive: Object.fromEntries(pairs.slice(at)),
          };
          const text = renderKeysFile(file, format);
          const { edits } = parseKeysFile({ file: "keys", text, deployment: "shop" });
          const puts = edits.flatMap((edit) => (edit.kind === "put" ? [edit] : []));
          const of = (sensitive: boolean) =>
            Object.fromEntries(
              puts.filter((put) => put.sensitive === sensitive).map((put) => [put.key, put.value]),
            );
          const again = { deployment: "shop", config: of(false), sensitive: of(true) };
          expect(again).toEqual(file);
          expect(renderKeysFile(again, format)).toBe(text);
        }),
        { numRuns: 300 },
      );
    },
  );

  const problems = (text: string) => {
    try {
      parseKeysFile({ file: "keys.yaml", text, deployment: "shop" });
      return [];
    } catch (error) {
      const { errors = [error as AxonError] } = error as Partial<AxonErrors>;
      return errors.map(({ code, at, message }) => `${code} ${at?.line}:${at?.column} ${message}`);
    }
  };

  test("that is wrong is told with all its problems and their places", () => {
    const text = [
      "confg: {}",
      "config:",
      "  a//b: x",
      "  list: [1]",
      "  empty:",
      "  axon/shop/config/debug: x",
      "sensitive:",
      "  list: x",
    ].join("\n");
    expect(problems(text)).toEqual([
      "KEYS_FILE_INVALID 1:1 format_version is missing",
      "KEYS_FILE_INVALID 1:1 confg is not a known key",
      'KEY_INVALID 3:3 "a//b" cannot be a key',
      "KEYS_FILE_INVALID 4:3 the value of list must be text",
      "KEYS_FILE_INVALID 5:3 empty has no value",
      'KEY_INVALID 6:3 "axon/shop/config/debug" is the whole path in the store',
      "KEYS_FILE_INVALID 8:3 list is named twice",
    ]);
  });

  test.each([
    ["", "KEYS_FILE_INVALID"],
    ["- a", "KEYS_FILE_INVALID"],
    ["config: {a: b", "KEYS_FILE_INVALID"],
    ['{"format_version": "2.0"}', "KEYS_FILE_INVALID"],
    ["\u0001", "KEYS_FILE_INVALID"],
  ])("that is %j is refused", (text, code) => {
    const found = problems(text);
    expect(found).not.toEqual([]);
    for (const line of found) expect(line).toMatch(new RegExp(`^${code} `));
  });
});
