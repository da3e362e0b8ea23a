import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as library from "../../../src/index.ts";

const page = readFileSync("docs/library.md", "utf8");
const [, example = ""] = /```js\n(.*?)```/s.exec(page) ?? [];
const [, printed = ""] = /```text\n(.*?)```/s.exec(page) ?? [];

/** Runs a module's text, with our sources in place of the installed package. */
async function run(text: string): Promise<string> {
  const lines: string[] = [];
  const console = { log: (...parts: unknown[]) => lines.push(parts.map(show).join(" ")) };
  const body = text.replaceAll(/^import (\{.*?\}) from (".*?");$/gms, "const $1 = await load($2);");
  const load = (name: string) => (name === "axon-deploy" ? library : import(name));
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction("load", "console", body)(load, console);
  return lines.map((line) => `${line}\n`).join("");
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

test("the example of the library's page runs and prints what the page says", async () => {
  expect(await run(example)).toBe(printed);
});

test("every value that the library exports is on its page", () => {
  for (const name of Object.keys(library)) expect(page).toContain(`\`${name}`);
});

test("every type that the library exports is on its page", () => {
  const index = readFileSync("src/index.ts", "utf8");
  const types = [
    ...[...index.matchAll(/export type \{(.*?)\}/g)].flatMap(([, names = ""]) => names.split(",")),
    ...[...index.matchAll(/\btype (\w+)/g)].map(([, name = ""]) => name),
  ].map((name) => name.trim());
  expect(types).not.toEqual([]);
  for (const name of types) expect(page).toContain(`\`${name}\``);
});
