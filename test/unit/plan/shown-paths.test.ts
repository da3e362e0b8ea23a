import { expect, test } from "vitest";
import { hostPathsOf } from "../../../src/cli/host-paths.ts";
import type { AttributeValue } from "../../../src/fields/field.ts";
import { attributeOf, removal } from "../../../src/plan/piece.ts";
import { withShownPaths } from "../../../src/plan/shown-paths.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const text =
  "web: {image: web, volumes: [./conf:/conf, /var/run//docker.sock:/sock, /home/ana/x:/x]}\n";
const servicefile = parseServicefile({ file: "Servicefile", text });

function shown(value: AttributeValue, { path = "volumes./x", directory = "/home/ana/shop" } = {}) {
  const attributes = [attributeOf({ path, before: value, after: undefined })];
  const facts = { address: "service.web", resource: "service", name: "web", cause: "" } as const;
  const change = { ...removal(facts), attributes };
  return withShownPaths(change, hostPathsOf(servicefile, directory)).attributes[0]?.before;
}

test.for([
  ["/home/ana/shop/conf/app.conf:ro", "./conf/app.conf:ro"],
  ["/home/ana/shop/conf", "./conf"],
  ["/home/ana/shop", "."],
  ["/home/ana/shop-2/conf", "../shop-2/conf"],
  ["/home/ana/x", "/home/ana/x"],
  ["/var/run/docker.sock", "/var/run/docker.sock"],
  ["/var/log/web:ro", "/var/log/web:ro"],
  ["shop_cache", "shop_cache"],
  ["tmpfs:size=1", "tmpfs:size=1"],
])("%s is shown as %s", ([mount = "", expected]) => {
  expect(shown(mount)).toBe(expected);
});

test("what is no mount stays as it is", () => {
  expect(shown("/home/ana/shop", { path: "env.HOME" })).toBe("/home/ana/shop");
  expect(shown(["/home/ana/shop"], { path: "cmd" })).toEqual(["/home/ana/shop"]);
});

test("below the root nothing has anything in common", () => {
  expect(shown("/srv/data", { directory: "/" })).toBe("/srv/data");
});
