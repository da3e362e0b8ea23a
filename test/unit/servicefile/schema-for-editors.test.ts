import { expect, test } from "vitest";
import schema from "../../../schema/servicefile.schema.json" with { type: "json" };
import { createAjv } from "../../../src/servicefile/compile-schema.ts";

interface Part {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly type?: unknown;
  readonly additionalProperties?: unknown;
  readonly errorMessage?: string;
}

const ajv = createAjv();

/** Every key that the schema names anywhere, with what it says about it. */
const KEYS = keysIn(schema, "#");

function keysIn(part: unknown, pointer: string): readonly [pointer: string, about: Part][] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    const at = `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    // A key may itself be called `properties`.
    const isKey = /\/properties\/[^/]+$/.test(at) && !pointer.endsWith("/properties/properties");
    const found: [string, Part][] = isKey ? [[at, value as Part]] : [];
    return [...found, ...keysIn(value, at)];
  });
}

/** With what it refers to; what stands beside the reference wins. */
function whole(part: Part): Part {
  if (part.$ref === undefined) return part;
  const { $ref, ...own } = part;
  const names = $ref.split("/").slice(1);
  const target = names.reduce((found, name) => (found as never)[name], schema as unknown);
  return { ...whole(target as Part), ...own };
}

test("there are keys to look at", () => {
  expect(KEYS.length).toBeGreaterThan(150);
});

test.each(KEYS)("%s has a title, a description and examples that are valid", (pointer, about) => {
  const { title, description, examples = [], enum: values, type } = whole(about);
  expect({ title, description }).toEqual({
    title: expect.stringMatching(/./),
    description: expect.stringMatching(/./),
  });
  if (values === undefined && type !== "boolean") expect(examples).not.toEqual([]);
  const isValid = ajv.compile({ $ref: `${schema.$id}${pointer}` });
  for (const example of examples) {
    isValid(example);
    expect(isValid.errors, JSON.stringify(example)).toBeNull();
  }
});

test("a map of known keys has no errorMessage: editors would show it at each unknown key", () => {
  const maps = partsIn({ "#": schema }, "").filter(
    ([, part]) => part.additionalProperties === false && part.errorMessage !== undefined,
  );
  // Give them a typeMessage instead, which only axon itself knows.
  expect(maps.map(([pointer]) => pointer)).toEqual([]);
});

function partsIn(part: unknown, pointer: string): readonly (readonly [string, Part])[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => [
    [`${pointer}/${name}`, (value ?? {}) as Part] as const,
    ...partsIn(value, `${pointer}/${name}`),
  ]);
}
