import { describe, expect, test } from "vitest";
import { reveal } from "../../../src/secret.ts";
import { imageFacts } from "../../helpers/build.ts";
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
    ["web: {require: {nope: started}}\n", "REQUIRE_UNKNOWN"],
    ["web: {require: web.nope}\n", "REQUIRE_UNKNOWN"],
    ["web: {require: databasee}\ndatabase: {}\n", "REQUIRE_UNKNOWN"],
    ["web: {require: {db: completed}}\ndb: {}\n", "SERVICEFILE_INVALID"],
    ["web: {require: {job: healthy}}\njob: {detach: false}\n", "SERVICEFILE_INVALID"],
    ["web: {require: db}\ndb: {require: web}\n", "REQUIRE_CYCLE"],
  ] as const)("%s is %s", ([text, code]) => {
    expect(problemsOf(text).map(([found]) => found)).toEqual([code]);
  });

  test("what is nothing of the file, nor nearly, is a resource", () => {
    const text = "web: {require: [License, db], bootstrap: {fill: x}}\ndb: {}\n";
    const { services, tasks } = build(text).model;
    for (const item of [services.web, tasks["web.fill"]]) {
      expect(item?.resources).toEqual(["License"]);
      expect(item?.requires).toEqual([{ target: "db", condition: "started" }]);
    }
    const near = "web: {require: databasee}\ndatabase: {}\n";
    const { web } = build(near, { resources: ["databasee"] }).model.services;
    expect(web?.resources).toEqual(["databasee"]);
  });

  test("all problems are told at once", () => {
    expect(problemsOf("a: {require: {x: healthy}}\nb: {require: x.y}\n")).toEqual([
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

describe("what an image requires of another deployment", () => {
  const needs = (requirement: object) => ({
    web: { entrypoints: { web: { requires: { identity: { env: "ID", ...requirement } } } } },
  });
  const infra = {
    "keystone/http": "infra-keystone-1:5000",
    "keystone/sql": "infra-keystone-1:3306",
  };
  const found = (text: string, requirement: object, foreignEndpoints: Foreign = { infra }) => {
    const { model, notices } = build(text, { descriptors: needs(requirement), foreignEndpoints });
    const { env = {}, networks = [] } = model.services.web?.container ?? {};
    return {
      url: env.ID_URL,
      networks: networks.map(({ name }) => name),
      notices: notices.length,
    };
  };
  type Foreign = Readonly<Record<string, Readonly<Record<string, string>>>>;
  const JOINED = ["infra", "shop"];

  test("its only provider is told, and reached on that deployment's network", () => {
    expect(found("web: {}\n", { endpoint: "keystone" })).toEqual({
      url: "http://infra-keystone-1:5000",
      networks: JOINED,
      notices: 0,
    });
    expect(found("web: {}\n", { endpoint: "keystone", port: "sql" }).url).toBe(
      "tcp://infra-keystone-1:3306",
    );
  });

  test("its one-shots are on that network, too, but for init-region", () => {
    const init = { descriptors: { web: { init: true, ...needs({ endpoint: "keystone" }).web } } };
    const text = "web: {bootstrap: {fill: x}}\nExec: {Push: {service: web, cmd: x}}\n";
    const { tasks } = build(text, { ...init, foreignEndpoints: { infra } }).model;
    const networks = Object.values(tasks).map(({ id, container }) => [
      id,
      container.networks.map(({ name }) => name),
    ]);
    expect(networks).toEqual([
      ["Push", JOINED],
      ["init.web", ["shop"]],
      ["web.fill", JOINED],
    ]);
  });

  test("a service of the deployment itself, and a key, come before it", () => {
    const own = "web: {}\nkeystone: {ports: {api: 1}}\n";
    expect(found(own, { endpoint: "keystone" })).toMatchObject({ networks: ["shop"] });
    const told = "web: {}\nConfig: {endpoints/keystone: 'http://[::1]:80/'}\n";
    expect(found(told, { endpoint: "keystone" })).toMatchObject({
      url: "http://[::1]:80",
      networks: ["shop"],
    });
  });

  test("of several providers one must be chosen", () => {
    const foreign = { infra, lab: { "keystone/api": "lab-keystone-1:1" } };
    const descriptors = needs({ endpoint: "keystone" });
    expect(problemsOf("web: {}\n", { descriptors, foreignEndpoints: foreign })).toEqual([
      ["REQUIRE_UNKNOWN", 1],
    ]);
    expect(found("web: {}\n", { endpoint: "keystone", optional: true }, foreign)).toMatchObject({
      networks: ["shop"],
      notices: 1,
    });
    const chosen = (target: string) => `web: {}\nConfig: {endpoints/keystone: "${target}"}\n`;
    expect(found(chosen("lab:keystone"), { endpoint: "keystone" }, foreign)).toMatchObject({
      url: "tcp://lab-keystone-1:1",
      networks: ["lab", "shop"],
    });
    expect(found(chosen("infra:keystone:3306"), { endpoint: "keystone" }, foreign).url).toBe(
      "tcp://infra-keystone-1:3306",
    );
  });

  test("of a deployment whose network is not on the engine nothing counts, though the store still tells of it", () => {
    const descriptors = needs({ endpoint: "keystone" });
    const given = { descriptors, foreignEndpoints: { infra } };
    expect(problemsOf("web: {}\n", { ...given, foreignNetworks: ["lab"] })).toEqual([
      ["REQUIRE_UNKNOWN", 1],
    ]);
    expect(problemsOf("web: {}\n", { ...given, foreignNetworks: ["infra"] })).toEqual([]);
  });

  test.for([
    ["web: {}\n", { endpoint: "mysql" }, "REQUIRE_UNKNOWN", 1],
    ["web: {}\n", { endpoint: "keystone", port: "admin" }, "REQUIRE_UNKNOWN", 1],
    [
      "Config: {endpoints/mysql: 'lab:mysql'}\nweb: {}\n",
      { endpoint: "mysql" },
      "REQUIRE_UNKNOWN",
      2,
    ],
    [
      "Config: {endpoints/mysql: nowhere}\nweb: {}\n",
      { endpoint: "mysql" },
      "SERVICEFILE_INVALID",
      1,
    ],
    [
      "Config:\n  endpoints: {mysql: 'a b:1'}\nweb: {}\n",
      { endpoint: "mysql" },
      "SERVICEFILE_INVALID",
      2,
    ],
  ] as const)("%s with %o is %s in line %i", ([text, requirement, code, line]) => {
    const descriptors = needs(requirement);
    expect(problemsOf(text, { descriptors, foreignEndpoints: { infra } })).toEqual([[code, line]]);
  });

  test("an egress of an older label is told under the name of what is needed", () => {
    const egresses = [{ endpoint: "key-stone", localPort: 5000 }];
    const label = JSON.stringify([{ name: "web", command: ["web"], egresses }]);
    const images = { web: imageFacts("web", { labels: { "com.platform9.app_metadata": label } }) };
    const foreignEndpoints = { infra: { "key-stone/api": "infra-key-stone-1:35357" } };
    const { env } =
      build("web: {}\n", { images, foreignEndpoints }).model.services.web?.container ?? {};
    expect(env).toMatchObject({ KEY_STONE_HOST: "infra-key-stone-1", KEY_STONE_PORT: "35357" });
    expect(build("web: {}\n", { images }).notices).toHaveLength(1);
  });
});
