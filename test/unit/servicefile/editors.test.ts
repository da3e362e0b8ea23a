import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import schema from "../../../schema/servicefile.schema.json" with { type: "json" };
import { LanguageServer } from "../../helpers/language-server.ts";

const SCHEMA = pathToFileURL(resolve("schema/servicefile.schema.json")).href;
const MODELINE = `# yaml-language-server: $schema=${SCHEMA}\n`;
const SETTINGS = { completion: true, hover: true, validate: true, schemaStore: { enable: false } };
const uri = "file:///site/Servicefile";

interface Completion {
  readonly items: readonly { readonly label: string; readonly documentation?: unknown }[];
}

function at(line: number, character: number) {
  return { textDocument: { uri }, position: { line, character } };
}

/** Labels and what is said about them, where the cursor stands in the text as `‸`. */
async function completed(marked: string): Promise<Completion["items"]> {
  await using server = await LanguageServer.start(SETTINGS);
  const text = MODELINE + marked.replace("‸", "");
  await server.open(uri, text);
  const before = (MODELINE + marked).split("‸")[0]?.split("\n") ?? [];
  const place = at(before.length - 1, before.at(-1)?.length ?? 0);
  return (await server.ask<Completion>("textDocument/completion", place)).items;
}

test("an editor shows a wrong key and a wrong value where they stand, and nothing where nothing is wrong", async () => {
  await using server = await LanguageServer.start(SETTINGS);
  const bad = `${MODELINE}web:\n  image: nginx\n  imgae: x\n  step: 9\nDmains: {}\n`;
  const found = await server.open(uri, bad);
  const told = found.map(({ message, range: { start } }) => `${start.line + 1}: ${message}`);
  expect(told.sort()).toEqual([
    "4: Property imgae is not allowed.",
    "5: Value is above the maximum of 5.",
    "6: Property Dmains is not allowed.",
  ]);
  const good = `${MODELINE}web: {image: nginx, env: {A: b}}\ndb:\nx-a: 1\nDomains: {a.org: shop:web}\n`;
  expect(await server.open("file:///site/Good", good)).toEqual([]);
});

test("an editor completes every service key, every section, and values", async () => {
  const keys = await completed("web:\n  image: nginx\n  ‸\n");
  const known = Object.keys(schema.$defs.service.properties).filter((key) => key !== "image");
  expect(keys.map(({ label }) => label).sort()).toEqual(known.sort());
  expect(keys.find(({ label }) => label === "memory")?.documentation).toContain("most memory");
  const sections = await completed("web: {}\n‸\n");
  expect(sections.map(({ label }) => label)).toEqual(
    expect.arrayContaining(Object.keys(schema.properties)),
  );
  const values = await completed("web:\n  update:\n    order: ‸\n");
  expect(values.map(({ label }) => label)).toEqual(
    expect.arrayContaining(["auto", "start-first", "stop-first"]),
  );
});

test("an editor shows what a key means, with an example", async () => {
  await using server = await LanguageServer.start(SETTINGS);
  await server.open(uri, `${MODELINE}web:\n  memory: 1g\n  ports: {http: 80}\nFiles: {}\n`);
  const hover = async (line: number) => {
    const { contents } = await server.ask<{ contents: { value: string } }>(
      "textDocument/hover",
      at(line, 2),
    );
    return contents.value;
  };
  expect(await hover(2)).toMatch(/The most memory that a container may use[\s\S]*512m/);
  expect(await hover(3)).toContain("Port names and their numbers");
  expect(await hover(4)).toContain("Texts that services place into their containers");
});
