import { expect, test } from "vitest";
import { generateValue } from "../../../src/cli/generate-value.ts";

test.for([
  ["hex", /^[0-9a-f]{33}$/],
  ["base64", /^[A-Za-z0-9+/=]{33}$/],
  ["alnum", /^[A-Za-z0-9]{33}$/],
] as const)(
  "%s gives as many characters as asked for, and others each time",
  ([encoding, form]) => {
    const values = [1, 2, 3].map(() => generateValue({ encoding, length: 33 }));
    for (const value of values) expect(value).toMatch(form);
    expect(new Set(values).size).toBe(3);
  },
);
