import { describe, expect, test } from "vitest";
import { reveal } from "../../../src/secret.ts";
import { build, problemsOf } from "./build.ts";

describe("what the Servicefile requires", () => {
  const requiresOf = (text: string) => build(text).model.services.web?.requires;

  test("a service has to be started, and a one-shot completed, unless told otherwise", () => {
    const text = "web: {require: [db, prepare]}\ndb: {}\nprepare: {detach: false}\n";
    expect(requiresOf(text)).toEqual([
      { target: "db", condition: "started" },
      { target: "prepare", condition: "completed" },
    ]);
  });

  test("a condition that is written stands", () => {
    expect(requiresOf("web: {require: {db: healthy}}\ndb: {}\n")).toEqual([
      { target: "db", condition: "healthy" },
    ]);
  });

  test.for([
    ["web: {require: nope}\n", "REQUIRE_UNKNOWN"],
    ["web: {require: {db: completed}}\ndb: {}\n", "SERVICEFILE_INVALID"],
    ["web: {require: {job: healthy}}\njob: {detach: false}\n", "SERVICEFILE_INVALID"],
    ["web: {require: db}\ndb: {require: web}\n", "REQUIRE_CYCLE"],
  ] as const)("%s is %s", ([text, code]) => {
    expect(problemsOf(text).map(([found]) => found)).toEqual([code]);
  });

  test("all problems are told at once", () => {
    expect(problemsOf("a: {require: x}\nb: {require: y}\n")).toEqual([
      ["REQUIRE_UNKNOWN", 1],
      ["REQUIRE_UNKNOWN", 2],
    ]);
  });
});

describe("what an image requires", () => {
  const needs = (requirement: object) => ({
    web: { entrypoints: { web: { requires: { store: requirement } } } },
  });
  const envOf = (text: string, requirement: object, config = {}) => {
    const { model, notices } = build(text, { descriptors: needs(requirement), config });
    const env = Object.entries(model.services.web?.container.env ?? {})
      .filter(([name]) => name.startsWith("DB_"))
      .map(([name, value]) => [name, reveal(value)]);
    return { env: Object.fromEntries(env), requires: model.services.web?.requires, notices };
  };

  test("a service of that name is told to it, and waited for", () => {
    const found = envOf("web: {}\nmysql: {ports: {sql: 3306}}\n", { endpoint: "mysql", env: "DB" });
    expect(found).toEqual({
      env: { DB_HOST: "mysql", DB_PORT: "3306", DB_URL: "tcp://mysql:3306" },
      requires: [{ target: "mysql", condition: "started" }],
      notices: [],
    });
  });

  test("the file's word on the same service wins", () => {
    const text = "web: {require: {mysql: healthy}}\nmysql: {ports: {sql: 3306}}\n";
    expect(envOf(text, { endpoint: "mysql" }).requires).toEqual([
      { target: "mysql", condition: "healthy" },
    ]);
  });

  test("an address in the store is enough, from the file or from anywhere else", () => {
    const requirement = { endpoint: "mysql", env: "DB" };
    const expected = { DB_HOST: "10.0.0.7", DB_PORT: "3306", DB_URL: "tcp://10.0.0.7:3306" };
    const fromFile = "web: {}\nConfig: {endpoints: {mysql: '10.0.0.7:3306'}}\n";
    expect(envOf(fromFile, requirement)).toMatchObject({ env: expected, requires: [] });
    const inStore = { "endpoints/mysql": "10.0.0.7:3306" };
    expect(envOf("web: {}\n", requirement, inStore).env).toEqual(expected);
  });

  test("what nothing provides is an error, and a notice where it is optional", () => {
    expect(problemsOf("web: {}\n", { descriptors: needs({ endpoint: "mysql" }) })).toEqual([
      ["REQUIRE_UNKNOWN", 1],
    ]);
    const { notices } = envOf("web: {}\n", { endpoint: "mysql", optional: true });
    expect(notices).toHaveLength(1);
  });

  test("a port that the other one does not have is an error", () => {
    const descriptors = needs({ endpoint: "mysql", port: "admin" });
    const problems = problemsOf("web: {}\nmysql: {ports: {sql: 3306}}\n", { descriptors });
    expect(problems.map(([code]) => code)).toEqual(["PORT_UNKNOWN"]);
  });
});
