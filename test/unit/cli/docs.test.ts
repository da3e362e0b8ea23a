import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { createProgram } from "../../../src/cli/program.ts";

const page = readFileSync("docs/cli.md", "utf8");
const output = { write: () => true, isTerminal: false, columns: 80 };
const program = createProgram(
  { stdout: output, stderr: output } as unknown as Context,
  "0",
  () => {},
);

test("every command and each of its flags is on the page of the command line", () => {
  for (const command of program.commands) {
    expect(page).toContain(`\`${command.name()}`);
    for (const { long } of command.options) expect(page).toContain(long ?? "");
  }
});

test("every flag on the page is one that a command has", () => {
  const known = new Set(
    [program, ...program.commands].flatMap(({ options }) => options.map(({ long }) => long)),
  );
  const named = page.match(/(?<=[`\s])--[a-z][a-z-]+/g) ?? [];
  expect([...new Set(named)].filter((flag) => !known.has(flag) && flag !== "--help")).toEqual([
    "--customer-id",
  ]);
});

test("every variable of Axon's own that the code reads is on the page", () => {
  const grep = ["-rhoE", "env\\.AXON_[A-Z_]+", "src/cli"];
  const read = execFileSync("grep", grep, { encoding: "utf8" }).match(/AXON_[A-Z_]+/g) ?? [];
  expect(read).not.toEqual([]);
  for (const name of new Set(read)) expect(page).toContain(`\`${name}\``);
});
