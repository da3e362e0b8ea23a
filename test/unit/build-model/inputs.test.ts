import { expect, test } from "vitest";
import { diffContainer } from "../../../src/fields/table.ts";
import type { Model } from "../../../src/model.ts";
import { Secret } from "../../../src/secret.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import { buildFrom, problemsOf } from "../../helpers/build-from.ts";

const FILE = `
Env: {A: shared, B: shared, C: shared, D: shared}
Files:
  conf: {file: conf/web.conf}
  inline: {content: text}
Secrets:
  db: {env: DB}
  key: {file: key.txt}
  stored: {store: db/password}
web:
  image: web
  env_file: [one.env, two.env]
  env: {D: own}
  files: {/etc/web.conf: conf}
  secrets: [db]
  bootstrap: /bin/migrate
api:
  image: api
  files: {/etc/inline: {name: inline, mode: 0600}}
  secrets: [key, stored]
plain: {image: plain}
`;
const FILES = {
  "conf/web.conf": "a = 1\n",
  "key.txt": "k",
  "one.env": "A=one\nB=one\n",
  "two.env": "B=two\nD=two\nAPI_TOKEN=t\n",
};
const build = (files = {}, env = {}, config = {}) =>
  buildFrom(FILE, {
    inputs: { files: { ...FILES, ...files }, env: { DB: "p", ...env } },
    config: { "db/password": "q", ...config },
  }).model;

test("the file tells what must be read", () => {
  const { env, files } = buildNeeds();
  expect(env).toEqual(["DB"]);
  expect(files).toEqual(["conf/web.conf", "key.txt", "one.env", "two.env"]);
});

test("env files win over Env, later ones over earlier ones, and env over all", () => {
  expect(build().services.web?.container.env).toMatchObject({
    A: "one",
    B: "two",
    C: "shared",
    D: "own",
    API_TOKEN: expect.any(Secret),
  });
});

test("placed files have content, mode and digest; those of secrets are secrets", () => {
  const { web, api } = build().services;
  expect(web?.container.files).toMatchObject([
    { target: "/etc/web.conf", mode: 0o644, content: "a = 1\n" },
    { target: "/run/secrets/db", mode: 0o400, content: expect.any(Secret), digest: "keyed p" },
  ]);
  expect(api?.container.files).toMatchObject([
    { target: "/etc/inline", mode: 0o600, content: "text" },
    { target: "/run/secrets/key", digest: "keyed k" },
    { target: "/run/secrets/stored", digest: "keyed q" },
  ]);
});

test("a one-shot of the service has the files, and runs again when they change", () => {
  const before = build().tasks["web.bootstrap"];
  const after = build({ "conf/web.conf": "a = 2\n" }).tasks["web.bootstrap"];
  expect(before?.container.files).toHaveLength(2);
  expect(before?.inputs["files./etc/web.conf"]).not.toBe(after?.inputs["files./etc/web.conf"]);
});

test.each<[string, Model, readonly string[]]>([
  ["a file", build({ "conf/web.conf": "a = 2\n" }), ["web"]],
  ["an env file", build({ "one.env": "A=other\n" }), ["web"]],
  ["a secret of a variable", build({}, { DB: "other" }), ["web"]],
  ["a secret of a file", build({ "key.txt": "other" }), ["api"]],
  ["a secret of the store", build({}, {}, { "db/password": "other" }), ["api"]],
  ["a key that nobody uses", build({}, {}, { other: "other" }), []],
])("%s that changed changes exactly those who use it", (_, model, users) => {
  const { services } = build();
  const changed = Object.values(model.services).filter(({ name, container }) => {
    const before = services[name]?.container;
    return before && diffContainer(before, container).deltas.length > 0;
  });
  expect(changed.map(({ name }) => name)).toEqual(users);
});

test("a secret whose variable or key is not there is told at its place", () => {
  const problems = problemsOf(() => buildFrom(FILE, { inputs: { files: FILES, env: {} } }));
  expect(problems.map(({ at }) => at?.line)).toEqual([15, 20]);
});

test("what is wrong in an env file is told with its line and without its text", () => {
  const files = { ...FILES, "two.env": "A=1\nhunter2\n'\n" };
  const problems = problemsOf(() => buildFrom(FILE, { inputs: { files, env: { DB: "" } } }));
  expect(problems.map(({ message }) => message.split(" ")[0])).toEqual(
    expect.arrayContaining(["two.env:2", "two.env:3"]),
  );
  expect(JSON.stringify(problems.map(({ message }) => message))).not.toContain("hunter2");
});

function buildNeeds() {
  const { needs } = parseServicefile({ file: "Servicefile", text: FILE });
  return { env: needs.env, files: needs.files.map(({ file }) => file) };
}
