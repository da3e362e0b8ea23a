import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Command, Option } from "commander";
import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { createProgram } from "../../../src/cli/program.ts";

const page = readFileSync("docs/cli.md", "utf8");
const sections = new Map(
  page
    .split(/^## /m)
    .map((section): [string, string] => [section.slice(0, section.indexOf("\n")), section]),
);
const output = { write: () => true, isTerminal: false, columns: 80 };
const context = { stdout: output, stderr: output } as unknown as Context;
const program = createProgram(context, { version: "0" }, () => {});
const commands = program.commands.map((command) => [command.name(), command] as const);

/** With those of its own commands, as `axon kv put` is one of `axon kv`. */
function optionsOf({ options, commands: own }: Command): Option[] {
  return [...options, ...own.flatMap(optionsOf)];
}

function flagsOf(command: Command): string[] {
  return [...new Set(optionsOf(command).map(({ flags }) => flags))].sort();
}

/** The first cells of the section's tables that are options. */
function documented(section = ""): string[] {
  return [...section.matchAll(/^\| `(--?[a-zA-Z][^`]*)` \|/gm)]
    .map(([, flags = ""]) => flags)
    .sort();
}

/** What is written like an option anywhere in the text. */
function mentioned(section: string): string[] {
  return [...section.matchAll(/(?<=[`\s])--[a-z][a-z-]*/g)].map(([flag]) => flag);
}

test("each command has a section on the page, and each section is of a command", () => {
  const titles = [...sections.keys()].filter((title) => title.startsWith("axon "));
  expect(titles).toEqual(commands.map(([name]) => `axon ${name}`));
});

test.each(commands)("the options of axon %s are those of its table", (name, command) => {
  expect(documented(sections.get(`axon ${name}`))).toEqual(flagsOf(command));
});

test("the options of axon itself are those of its table", () => {
  const own = documented(page.slice(0, page.indexOf("\n## ")));
  const flags = program.options.map((option) => option.flags);
  expect(own).toEqual([...flags, "-h, --help"].sort());
});

test("no text names an option that no command has", () => {
  const known = new Set([program, ...program.commands].flatMap(optionsOf).map(({ long }) => long));
  const unknown = [...sections.values()].flatMap(mentioned).filter((flag) => !known.has(flag));
  expect(unknown.filter((flag) => flag !== "--help")).toEqual([]);
});

test.each(commands)("axon %s has an example on the page and in its help", (name, command) => {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  expect(help).toMatch(new RegExp(`Example:\n {2}axon ${name}`));
  expect(sections.get(`axon ${name}`)).toContain(`\n    axon ${name} `);
});

test("every variable of Axon's own that the code reads is on the page, and no other", () => {
  const grep = ["-rhoE", 'env\\.AXON_[A-Z_]+|"AXON_[A-Z_]+"', "src"];
  const found = execFileSync("grep", grep, { encoding: "utf8" }).match(/AXON_[A-Z_]+/g) ?? [];
  const variables = sections.get("Environment variables") ?? "";
  const cells = [...variables.matchAll(/^\| (`AXON_[^|]+`) \|/gm)].map(([, cell = ""]) => cell);
  expect(cells.flatMap((cell) => cell.match(/AXON_[A-Z_]+/g) ?? []).sort()).toEqual(
    [...new Set(found)].sort(),
  );
});

test("every variable of other tools that the code reads is on the page", () => {
  const grep = [
    "-rhoE",
    '(\\benv\\.|")(DOCKER|CONSUL|ETCDCTL|CI|GITHUB|GITLAB|BUILD)_[A-Z_]+|\\benv\\.(NO_COLOR|TERM)\\b',
    "src/cli",
  ];
  const found = execFileSync("grep", grep, { encoding: "utf8" }).match(/[A-Z][A-Z_]+/g) ?? [];
  expect(found).not.toEqual([]);
  for (const name of new Set(found)) expect(page).toContain(`\`${name}\``);
});
