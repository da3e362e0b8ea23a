import { expect, test } from "vitest";
import { AxonErrors } from "../../../src/errors.ts";
import { parseTargets } from "../../../src/targets/parse-targets.ts";

const parse = (text: string) => parseTargets({ file: "axon.yaml", text });

/** Messages with the line that each is about. */
function problemsOf(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    const errors = error instanceof AxonErrors ? error.errors : [error as AxonErrors["errors"][0]];
    return errors.map(({ at, message }) => `${at?.line}: ${message}`);
  }
}

test("a target is where and how a deployment runs", () => {
  const [staging, bare] = parse(`
targets:
  staging:
    deployment: shop-staging
    docker: ssh://deploy@host
    kv: consul://10.0.0.5:8500
    vars: {TAG: 1.10, DEBUG: no}
    overlays: [Servicefile.staging, ./more/last.yaml]
    scale: {web: 3}
  bare:
`);
  expect(staging).toMatchObject({
    name: "staging",
    deployment: "shop-staging",
    docker: "ssh://deploy@host",
    kv: "consul://10.0.0.5:8500",
    vars: { TAG: "1.10", DEBUG: "no" },
    overlays: [{ path: "Servicefile.staging" }, { path: "more/last.yaml" }],
    scale: { web: { count: 3 } },
  });
  expect(bare).toEqual({ name: "bare", vars: {}, overlays: [], scale: {} });
});

test("all that is wrong is told at once, with its place", () => {
  expect(
    problemsOf(`
tragets: {}
targets:
  one:
    deploiment: x
    engine: swarm
    docker: [a]
    vars: [A=1]
    overlays: [../outside, ""]
    scale: {web: many, db: 0, all: 101}
  two: text
`),
  ).toEqual([
    "2: tragets is not a known key",
    "5: targets.one.deploiment is not a known key",
    "6: targets.one.engine is not supported yet",
    "7: targets.one.docker must be text",
    "8: targets.one.vars must be a map",
    '9: targets.one.overlays[0] is "../outside", which is outside of the directory of the Servicefile',
    "9: targets.one.overlays[1] must be the path of a file",
    "10: targets.one.scale.web must be a whole number from 1 to 100",
    "10: targets.one.scale.db must be a whole number from 1 to 100",
    "10: targets.one.scale.all must be a whole number from 1 to 100",
    "11: targets.two must be a map of settings",
  ]);
});

test("names like those of an object's own functions are names like others", () => {
  const [target] = parse("targets: {constructor: {vars: {__proto__: a, toString: b}}}");
  expect(target?.name).toBe("constructor");
  expect(Object.entries(target?.vars ?? {})).toEqual([
    ["__proto__", "a"],
    ["toString", "b"],
  ]);
});
