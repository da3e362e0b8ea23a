import { expect, test } from "vitest";
import schema from "../../../schema/servicefile.schema.json" with { type: "json" };
import { canonicalService } from "../../../src/servicefile/canonical/canonical-service.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import type { Tree } from "../../../src/servicefile/yaml/tree.ts";

const serviceKeys = schema.$defs.service.properties;
const sections = schema.properties;

test("the parser asks for exactly the service keys that the schema knows", () => {
  const asked = new Set<string>();
  const entries = new Map<string, Tree>();
  entries.get = (key) => {
    asked.add(key);
    return undefined;
  };
  canonicalService("web", { kind: "map", path: ["web"], at: 0, entries }, () => undefined);
  expect([...asked].toSorted()).toEqual(Object.keys(serviceKeys).toSorted());
});

test("every section of the schema comes out of the parser", () => {
  const file = parseServicefile({
    file: "S",
    text: "{Deployment: a, Env: {A: b}, Domains: {c.org: a:b}, Config: {d: e}, Generate: {G: {hex: 8}}, Files: {f: {file: g}}, Secrets: {h: {env: I}}, Networks: {j: null}, Volumes: {k: null}, Exec: {J: {service: k, cmd: l}}, Allow: [privileged], k: {}}",
  });
  const { deployment, env, domains, config, generate, files, secrets, networks, volumes } = file;
  const { exec, allow } = file;
  expect({
    deployment,
    env,
    domain: Object.keys(domains),
    config,
    generate,
    files,
    secrets,
    networks: Object.keys(networks),
    volumes: Object.keys(volumes),
    exec: Object.keys(exec),
    allow,
  }).toEqual({
    deployment: "a",
    env: { A: "b" },
    domain: ["c.org"],
    config: { d: "e" },
    generate: { G: { encoding: "hex", length: 8 } },
    files: { f: { kind: "file", file: "g" } },
    secrets: { h: { kind: "env", variable: "I" } },
    networks: ["j"],
    volumes: ["k"],
    exec: ["J"],
    allow: { all: ["privileged"], services: {} },
  });
  expect(Object.keys(sections)).toEqual([
    "Deployment",
    "Includes",
    "Env",
    "Domains",
    "Config",
    "Vars",
    "Generate",
    "Networks",
    "Volumes",
    "Files",
    "Secrets",
    "Exec",
    "Run",
    "Allow",
  ]);
});

/** What the examples name. */
const SECTIONS = { Files: { "redis.conf": { content: "x" } }, Secrets: { db: { env: "X" } } };

/** Keys that only a one-shot may have. */
const OF_ONE_SHOTS = ["exit_codes", "timeout"];

test.each(Object.entries(serviceKeys))("the examples of %s are understood", (key, about) => {
  expect(about.title).not.toBe("");
  expect(about.description).not.toBe("");
  for (const example of about.examples) {
    const beside = OF_ONE_SHOTS.includes(key) ? { detach: false } : {};
    const web = { image: "nginx", ...beside, [key]: example };
    const text = JSON.stringify({ ...SECTIONS, web });
    const { services } = parseServicefile({ file: "S", text });
    const plain = parseServicefile({ file: "S", text: '{"web": {"image": "nginx"}}' }).services;
    expect(services).not.toEqual(plain);
  }
});

test.each(Object.entries(sections))("the examples of %s are understood", (key, about) => {
  for (const example of about.examples) {
    const text = JSON.stringify({ website: { image: "nginx" }, [key]: example });
    const source = { file: "S", text };
    const others = { texts: { "base.yaml": "db: {}" }, overlays: [], shown: String };
    expect(parseServicefile(source, { others }).services).toHaveProperty("website");
  }
});
