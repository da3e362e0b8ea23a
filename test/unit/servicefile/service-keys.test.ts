import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import schema from "../../../schema/servicefile.schema.json" with { type: "json" };
import { FIELDS, sinceOf } from "../../../src/fields/table.ts";
import type { ContainerSpec } from "../../../src/model.ts";
import { type KeyRow, SERVICE_KEYS } from "../../../src/servicefile/service-keys.ts";
import { SPELLINGS } from "../../../src/servicefile/yaml/locate.ts";
import { containerSpec } from "../../helpers/build.ts";

const rows = new Map<string, KeyRow>(Object.entries(SERVICE_KEYS));
const fieldsOf = (key: string) => {
  const row = rows.get(key);
  return typeof row === "object" && "fields" in row ? row.fields : [];
};

test("the table of keys has what the schema has, in the same order", () => {
  expect([...rows.keys()].toSorted()).toEqual(
    Object.keys(schema.$defs.service.properties).toSorted(),
  );
});

test.each(Object.entries(FIELDS))(
  "the field %s comes from the key that its row names",
  (name, { key }) => {
    const [written = ""] = key.split(".");
    expect(fieldsOf(written)).toContain(name);
  },
);

test("every key that is another spelling leads to a key that is none", () => {
  for (const [ours, other] of SPELLINGS.filter(([ours]) => rows.has(ours))) {
    expect(rows.get(ours)).toHaveProperty("fields");
    expect(fieldsOf(other)).toEqual([]);
  }
});

/** All that needs a newer engine, in one container. */
const NEWEST: Partial<ContainerSpec> = {
  mounts: [
    { kind: "volume", source: "v", target: "/v", readOnly: false, options: { subpath: "a" } },
  ],
  networks: [{ name: "n", aliases: [], addresses: { mac: "02:42:ac:1e:00:0a" } }],
  healthcheck: {
    test: ["CMD", "true"],
    interval: 1,
    timeout: 1,
    startPeriod: 1,
    retries: 1,
    startInterval: 1,
  },
};

test("what needs a newer engine says so on the page and to editors", () => {
  const page = readFileSync("docs/servicefile.md", "utf8");
  const told = JSON.stringify(schema);
  const needed = sinceOf(containerSpec(NEWEST));
  expect(needed.map(({ what }) => what).sort()).toEqual([
    "mac_address",
    "start_interval",
    "subpath",
  ]);
  for (const { what, api } of needed) {
    expect(page).toMatch(new RegExp(`\`${what}\`[^\n]*API ${api}`));
    expect(told).toMatch(new RegExp(`"${what}":\\{[^{}]*API ${api}`));
  }
});

test("every row of the table that knows of newer engines is looked at here", () => {
  const knowing = Object.entries(FIELDS).filter(([, { since }]) => since !== undefined);
  expect(Object.keys(NEWEST).sort()).toEqual(knowing.map(([name]) => name).sort());
});
