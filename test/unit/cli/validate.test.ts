import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import schema from "../../../schema/validation.schema.json" with { type: "json" };
import { runValidate, type ValidateOptions } from "../../../src/cli/commands/validate.ts";
import type { Context } from "../../../src/cli/context.ts";
import { createPalette } from "../../../src/cli/output/palette.ts";

const isFitting = new Ajv2020({ strict: false }).compile(schema);
const FIXTURES = "fixtures/servicefile";

async function validate(options: Partial<ValidateOptions>, cwd = FIXTURES) {
  const texts = { stdout: "", stderr: "" };
  const output = (name: keyof typeof texts) => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const context = {
    cwd: join(process.cwd(), cwd),
    env: {},
    stdout: output("stdout"),
    stderr: output("stderr"),
    errorPalette: createPalette(false),
    stop: new AbortController().signal,
    readFile: (path: string) => readFile(path, "utf8"),
  } as unknown as Context;
  const plain = { files: [], targets: [], deployment: "shop", json: false };
  const exitCode = await runValidate({ ...plain, ...options }, context);
  return { exitCode, ...texts };
}

test("whatever is found in a file, its JSON fits the schema and says what the exit code says", async () => {
  const names = readdirSync(FIXTURES);
  const files = names.map((name) => `${name}/Servicefile`);
  const { exitCode, stdout, stderr } = await validate({ files, json: true });
  const found = JSON.parse(stdout);
  isFitting(found);
  expect(isFitting.errors).toBeNull();
  expect({ exitCode, stderr, valid: found.valid }).toEqual({
    exitCode: 3,
    stderr: "",
    valid: false,
  });
  expect(found.files.map(({ file }: { file: string }) => file)).toEqual(files);
  for (const { valid, problems } of found.files) expect(valid).toBe(problems.length === 0);
});

test("each file is checked for each target, and what is wrong stands below the file's name", async () => {
  const given = {
    files: ["anchors-and-merges/Servicefile", "bad-keys/Servicefile"],
    targets: ["staging"],
  };
  const { exitCode, stdout, stderr } = await validate(given);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
  expect(stderr.match(/^.* is not valid:$/gm)).toEqual([
    "anchors-and-merges/Servicefile for target staging is not valid:",
    "bad-keys/Servicefile for target staging is not valid:",
  ]);
  expect(stderr.match(/^error \w+/gm)).toEqual(Array(2).fill("error FILE_UNREADABLE"));
});

test("what is valid is told on stdout, in text and in JSON", async () => {
  const files = ["anchors-and-merges/Servicefile", "seed/Servicefile"];
  const text = await validate({ files });
  expect(text).toMatchObject({ exitCode: 0, stderr: "" });
  expect(text.stdout).toMatch(
    /^anchors-and-merges\/Servicefile is valid: deployment shop, \d+ servi/,
  );
  const { stdout } = await validate({ files: ["seed/Servicefile"], json: true });
  expect(JSON.parse(stdout)).toEqual({
    format_version: "1.0",
    valid: true,
    files: [
      {
        file: "seed/Servicefile",
        valid: true,
        deployment: "shop",
        services: ["redis", "website"],
        problems: [],
      },
    ],
  });
});
