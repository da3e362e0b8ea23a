import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import schema from "../../../schema/descriptor.schema.json" with { type: "json" };
import { readDescriptor } from "../../../src/descriptor/read-descriptor.ts";
import { describeAsJson, renderDescriptor } from "../../../src/descriptor/render-descriptor.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import { image } from "./build-image.ts";

const NATIVE = "io.axon.descriptor";
const LEGACY = "com.platform9.app_metadata";

const read = (text: string) => readDescriptor(image({ [NATIVE]: text }));

function problems(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (error instanceof AxonErrors) return error.errors.map(({ message }) => message);
    if (error instanceof AxonError && error.code === "DESCRIPTOR_INVALID") return [error.message];
    throw error;
  }
}

describe("the label", () => {
  test("is absent from a plain image", () => {
    expect(readDescriptor(image({ maintainer: "someone" }))).toBeUndefined();
  });

  test("is the native one where there are both", () => {
    const both = image({ [LEGACY]: "- name: old", [NATIVE]: "axon: 1\nname: new" });
    expect(readDescriptor(both)).toMatchObject({ label: NATIVE, name: "new" });
  });

  test("may be base64, with line breaks in it", () => {
    const encoded = Buffer.from("axon: 1\nname: website\n").toString("base64");
    expect(read(`base64:\n${encoded.slice(0, 8)}\n${encoded.slice(8)}`)?.name).toBe("website");
  });

  test("means the same in any order of its keys", () => {
    const one = read("axon: 1\nentrypoints: {b: {ports: {y: 2, x: 1}}, a: {}}");
    const other = read("entrypoints: {a: {}, b: {ports: {x: 1, y: 2}}}\naxon: 1");
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  test("keeps texts as they are written", () => {
    const env = "{A: 1.10, B: no, C: 0x1F, D: '', E: 1e3, F: \"a b\"}";
    const command = "[run, 1.10, no, 007]";
    const found = read(`axon: 1\nentrypoints: {a: {env: ${env}, command: ${command}}}`);
    expect(found?.entrypoints.a).toMatchObject({
      env: { A: "1.10", B: "no", C: "0x1F", D: "", E: "1e3", F: "a b" },
      command: ["run", "1.10", "no", "007"],
    });
  });

  test("may use anchors", () => {
    const text = "axon: 1\nx-env: &env {A: 1}\nentrypoints: {a: {env: *env}, b: {env: *env}}";
    expect(read(text)?.entrypoints.b?.env).toEqual({ A: "1" });
  });
});

describe("a broken label is an error, never a crash", () => {
  test.for([
    ["too long", `axon: 1 # ${"x".repeat(300_000)}`, "is longer than 256 KB"],
    ["too deep", "[".repeat(20_000), "is nested too deeply"],
    ["its own child", "axon: 1\nentrypoints: &a {a: {env: *a}}", "must be a text"],
    ["a version that is no number", "axon: &a [*a]", "axon must be 1, and is a list"],
    ["a name that objects have", "axon: 1\nentrypoints: {__proto__: {}}", "must be a DNS label"],
  ])("%s", ([, text = "", expected]) => {
    expect(problems(text).join("\n")).toContain(expected);
  });

  test("whatever the text is", () => {
    fc.assert(fc.property(fc.string(), (text) => !problems(text).join().includes("undefined")));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => problems(`base64:${text}`).length > 0),
    );
  });

  test("whatever the data is", () => {
    const words = [
      ..."axon init config entrypoints bootstrap command ports healthcheck http tcp env".split(" "),
      ..."a api requires volumes timeout exit_codes devices default".split(" "),
    ];
    const leaf = fc.constantFrom<unknown>(
      1,
      0,
      "x",
      "",
      null,
      true,
      "10s",
      "/x",
      [],
      {},
      [1],
      "none",
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5, withCrossShrink: true }, leaf, tie("map")),
      map: fc.dictionary(fc.constantFrom(...words), tie("tree"), { maxKeys: 5 }),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...words), tree), (data) => {
        const facts = image({ [NATIVE]: JSON.stringify({ ...data, axon: 1 }) });
        if (problems(facts.labels[NATIVE] ?? "").length > 0) return;
        const descriptor = readDescriptor(facts);
        const shown = renderDescriptor(facts, descriptor);
        expect(shown + JSON.stringify(describeAsJson(facts, descriptor))).not.toContain(
          "undefined",
        );
      }),
      { numRuns: 200 },
    );
  });
});

test("every rule of the schema says in words what must be", () => {
  const rules = below(schema).filter((rule) =>
    ["type", "enum", "pattern"].some((keyword) => keyword in rule),
  );
  expect(rules.length).toBeGreaterThan(30);
  expect(rules.filter((rule) => !("x-must-be" in rule))).toEqual([]);
});

/** All maps in the schema that are rules, not names of properties. */
function below(rule: object): object[] {
  const isMap = (value: unknown): value is object =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const named = Object.entries(rule).flatMap(([key, value]) =>
    ["properties", "$defs"].includes(key) && isMap(value) ? Object.values(value) : [value],
  );
  return [rule, ...named.filter(isMap).flatMap(below)];
}

describe("the init-region of an image with the old label", () => {
  const init = readDescriptor(image({ [LEGACY]: "- name: web" }))?.init;
  const [program = "", ...args] = init === false || init === undefined ? [] : init.command;
  const run = (path: string) =>
    execFileSync(program, [...args, "--region-id", "a b"], {
      env: { PATH: path },
      encoding: "utf8",
    });

  test("is the one on the PATH, with the arguments as they are", () => {
    const folder = mkdtempSync(join(tmpdir(), "axon-init-"));
    const file = join(folder, "init-region");
    writeFileSync(file, '#!/bin/sh\nfor word in "$@"; do echo "<$word>"; done\n');
    chmodSync(file, 0o755);
    expect(run(folder)).toBe("<--region-id>\n<a b>\n");
    rmSync(folder, { recursive: true });
  });

  test("may be missing", () => {
    expect(run("/nowhere")).toBe("this image has no init-region\n");
  });
});
