import { describe, expect, test } from "vitest";
import { wholeNumber } from "../../../src/cli/flags.ts";

describe("a number on the command line", () => {
  const seconds = wholeNumber("--lock-timeout", "of seconds");

  test.each(["0", "600"])("%s is one", (text) => {
    expect(seconds(text)).toBe(Number(text));
  });

  test.each(["2s", "-1", "1.5", "", "1e3", "99999999999999999999"])('"%s" is none', (text) => {
    const message = `--lock-timeout takes a whole number of seconds, and "${text}" is not that`;
    expect(() => seconds(text)).toThrow(message);
    expect(() => wholeNumber("--revision")(text)).toThrow(/^--revision takes a whole number, and/);
  });
});
