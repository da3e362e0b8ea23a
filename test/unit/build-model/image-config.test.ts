import { describe, expect, test } from "vitest";
import { AxonError } from "../../../src/errors.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { build, problemsOf } from "./build.ts";

const CONFIG = {
  debug: { type: "bool", default: false, env: "DEBUG" },
  workers: { type: "int", env: "WORKERS" },
  "db/key": { secret: true, generate: { hex: 16 }, env: "DB_KEY" },
  region: { required: true },
};

const descriptors = { web: { config: CONFIG, entrypoints: { web: {} } } };

const built = (text: string, config = {}) => build(text, { descriptors, config }).model;
const envOf = (text: string, config = {}) => {
  const { DEBUG, WORKERS, DB_KEY } = built(text, config).services.web?.container.env ?? {};
  return { DEBUG, WORKERS, DB_KEY };
};

describe("a key that an image reads", () => {
  test("has the file's value, else the store's, else the one that is generated, else its default", () => {
    const file = "Config: {region: eu}\nweb: {}\n";
    expect(envOf(file)).toEqual({
      DEBUG: "false",
      WORKERS: undefined,
      DB_KEY: new Secret("config/db/key"),
    });
    const store = { debug: "true", workers: "4", "db/key": "kept" };
    expect(envOf(file, store)).toEqual({
      DEBUG: "true",
      WORKERS: "4",
      DB_KEY: new Secret("kept"),
    });
    const all = "Config: {region: eu, debug: false, workers: 8, db: {key: own}}\nweb: {}\n";
    expect(envOf(all, store)).toEqual({
      DEBUG: "false",
      WORKERS: "8",
      DB_KEY: new Secret("own"),
    });
  });

  test("and is generated is written where the file does not name it, and stays what it is", () => {
    const file = "Config: {region: eu}\nweb: {}\n";
    const generated = (text: string, config = {}) =>
      Object.entries(built(text, config).generatedConfig).map(([key, value]) => [
        key,
        reveal(value),
      ]);
    expect(generated(file)).toEqual([["db/key", "config/db/key"]]);
    expect(generated(file, { "db/key": "kept" })).toEqual([["db/key", "kept"]]);
    expect(generated("Config: {region: eu, db/key: own}\nweb: {}\n")).toEqual([]);
  });

  test("and is secret is so in the file, too, and where it is referred to", () => {
    const text = "Config: {region: eu, db/key: own}\nweb: {env: {COPY: '${store.db/key}'}}\n";
    const { config, services } = built(text);
    expect(config["db/key"]).toEqual(new Secret("own"));
    expect(services.web?.container.env.COPY).toEqual(new Secret("own"));
  });

  test("and is required must have a value, from the file or in the store", () => {
    expect(problemsOf("x: {image: web, entrypoint_of: web}\nweb: {}\n", { descriptors })).toEqual([
      ["CONFIG_MISSING", 1],
      ["CONFIG_MISSING", 2],
    ]);
    expect(problemsOf("web: {}\n", { descriptors, config: { region: "eu" } })).toEqual([]);
  });
});

test.for([
  ["Config: {region: eu, debug: maybe}\nweb: {}\n", {}, 1],
  ["web: {}\nConfig:\n  region: eu\n  workers: 1.5\n", {}, 4],
  ["web: {}\nConfig: {region: eu}\n", { workers: "many" }, undefined],
] as const)("%s with %o does not fit the types, told in line %s", ([text, config, line]) => {
  expect(problemsOf(text, { descriptors, config })).toEqual([["CONFIG_INVALID", line]]);
});

test("an error of a type names the key, the value and where it stands, but no secret", () => {
  const messageOf = (text: string, config: object) => {
    const keyed = { web: { config: { n: { type: "int", secret: true }, m: { type: "json" } } } };
    try {
      build(text, { descriptors: keyed, config: { ...config } });
    } catch (error) {
      if (error instanceof AxonError) return error.message;
    }
    return undefined;
  };
  expect(messageOf("Config: {m: '{'}\nweb: {}\n", {})).toBe(
    'Config.m must be JSON (the image web of web says so), and is "{"',
  );
  expect(messageOf("web: {}\n", { n: "four" })).toBe(
    "the key n of the store must be a whole number (the image web of web says so)",
  );
});
