import { expect, test } from "vitest";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

function position(text: string, path: readonly (string | number)[]): string {
  const { line, column } = parseServicefile({ file: "S", text }).locate(path);
  return `${line}:${column}`;
}

const TEXT = `x-base: &base
  restart: always
website:
  <<: *base
  image: &image nginx
  command: /bin/run
  environment: {A: 1}
  wan_map:
    ":80": http
  require:
    - redis
    - db
redis:
  image: *image
db: {image: db, env: [B=1], require: "redis, website"}
`;

test.each([
  ["a key", ["website", "image"], "5:3"],
  ["a service", ["redis"], "13:1"],
  ["the key whose value is an alias", ["redis", "image"], "14:3"],
  ["a key that is merged in, where it is written", ["website", "restart"], "2:3"],
  ["an item of a list by its index", ["website", "require", 1], "12:7"],
  ["an item of a list by what it says", ["website", "require", "db"], "12:7"],
  ["a variable in a list", ["db", "env", "B"], "15:23"],
  ["cmd, which is written command", ["website", "cmd"], "6:3"],
  ["env, which is written environment", ["website", "env", "A"], "7:17"],
  ["publish, which is written wan_map", ["website", "publish", ":80"], "9:5"],
  ["what is not there: the nearest thing above", ["website", "healthcheck", "test"], "3:1"],
  ["a name inside of text: the key of the text", ["db", "require", "redis"], "15:29"],
  ["nothing of it: the first thing in the file", ["nobody"], "1:1"],
] as const)("locates %s", (_, path, expected) => {
  expect(position(TEXT, path)).toBe(expected);
});
