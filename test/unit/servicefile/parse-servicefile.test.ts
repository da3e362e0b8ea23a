import { expect, test } from "vitest";
import { AxonErrors } from "../../../src/errors.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const parse = (text: string) => parseServicefile({ file: "Servicefile", text });

function errorsOf(text: string): readonly { code: string; line: number | undefined }[] {
  try {
    parse(text);
  } catch (error) {
    const errors = error instanceof AxonErrors ? error.errors : [error as AxonErrors["errors"][0]];
    return errors.map(({ code, at }) => ({ code, line: at?.line }));
  }
  return [];
}

test("values whose names look secret are wrapped, with their text inside", () => {
  const { services, config, domains } = parse(`
web: {image: x, env: {DB_PASSWORD: 0123, PLAIN: a}}
Config: {db: {token: 1.10}}
Domains: {a.org: {http: a:b, auth: {me: 007}}}
`);
  const secrets = [services.web?.env.DB_PASSWORD, config["db/token"], domains["a.org"]?.auth.me];
  expect(secrets.every((secret) => secret instanceof Secret)).toBe(true);
  expect(secrets.map((secret) => reveal(secret ?? ""))).toEqual(["0123", "1.10", "007"]);
  expect(services.web?.env.PLAIN).toBe("a");
});

test("problems of the schema and of the meaning are reported together, in the order of the file", () => {
  const text = "web:\n  publish: {x: 1}\n  step: nine\n  require: [a b]\nApp: {}\n";
  expect(errorsOf(text)).toEqual(
    [2, 3, 4, 5].map((line) => ({ code: "SERVICEFILE_INVALID", line })),
  );
});

test("one mistake is one error", () => {
  expect(errorsOf("web: {image: x, healthcheck: [a]}")).toHaveLength(1);
  expect(errorsOf("web: {image: x, restart: [a]}")).toHaveLength(1);
  expect(errorsOf("web: {image: x, volumes: {A b: c}}")).toHaveLength(1);
  expect(errorsOf("web: {image: x, ports: {http: many}}")).toHaveLength(1);
  expect(errorsOf("web: {image: x, bootstrap: {env: {A: {}}}}")).toHaveLength(1);
});

test("two keys of one service are refused at the second", () => {
  expect(errorsOf("rock77/redis:\nredis: {image: redis}\n")).toEqual([
    { code: "SERVICE_DUPLICATE", line: 2 },
  ]);
});

test("records have no prototype, so that constructor is not there unless it is written", () => {
  const { services, env } = parse("web: {image: x}");
  expect(services.constructor).toBeUndefined();
  expect(env.toString).toBeUndefined();
});

test("maps of Env belong to the service with that name or key", () => {
  const { env, serviceEnv } = parse("rock77/redis:7:\nEnv: {A: 1, redis: {B: 2}}\n");
  expect({ env, serviceEnv }).toEqual({ env: { A: "1" }, serviceEnv: { redis: { B: "2" } } });
  expect(parse("rock77/redis:7:\nEnv: {rock77/redis:7: {B: 2}}\n").serviceEnv).toEqual({
    redis: { B: "2" },
  });
});

test("the long and the short form of the same thing are the same value", () => {
  const same = [
    ["ports: [a, b]", 'ports: "a, b"', "ports: {a: assign, b: assign}"],
    ["env: {A: 1}", "environment: [A=1]", 'env: {A: "1"}'],
    ["restart: no", "restart: false", 'restart: "no"'],
    ["healthcheck: false", "healthcheck: {disable: true}", "healthcheck: {test: [NONE]}"],
    ["volumes: {a: /b}", "volumes: {a: /b/}", "volumes: {a: //b/.}"],
    ["bootstrap: x", "bootstrap: {bootstrap: x}", "bootstrap: {bootstrap: {cmd: x}}"],
    ["healthcheck: {tcp: 80, interval: 90}", "healthcheck: {tcp: {port: 80}, interval: 1m30s}"],
    ["require: [a, b, a]", "require: [a, b]"],
    [
      "bootstrap: {a: {cmd: x, exit_codes: [3, 0, 3]}}",
      "bootstrap: {a: {cmd: x, exit_codes: [0, 3]}}",
    ],
    ["entrypoint: a 'b c'", 'entrypoint: [a, "b c"]'],
  ];
  for (const [first = "", ...others] of same) {
    const [wanted, ...found] = [first, ...others].map(
      (body) => parse(`web:\n  ${body}\n`).services,
    );
    for (const services of found) expect(services).toEqual(wanted);
  }
});

test("<< in quotes is a key like any other", () => {
  expect(errorsOf('x-a: &a {step: 2}\nweb: {image: x, "<<": *a}\n')).toHaveLength(1);
});

test("a domain has at most 253 characters", () => {
  const domain = (last: number) => `${"a".repeat(62)}.`.repeat(3) + "b".repeat(last);
  expect(errorsOf(`Domains: {${domain(63)}.x: a:b}`)).toHaveLength(1);
  expect(errorsOf(`Domains: {${domain(62)}.x: a:b}`)).toHaveLength(0);
});
