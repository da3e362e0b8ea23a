import { expect, test } from "vitest";
import { hostPathsOf } from "../../../src/cli/host-paths.ts";
import type { AttributeValue } from "../../../src/fields/field.ts";
import { attributeOf, removal } from "../../../src/plan/piece.ts";
import { withShownPaths } from "../../../src/plan/shown-paths.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const text =
  "web: {image: web, volumes: [./conf:/conf, /var/run//docker.sock:/sock, /home/ana/x:/x]}\n";
const servicefile = parseServicefile({ file: "Servicefile", text });

function shown(value: AttributeValue, { path = "volumes", directory = "/home/ana/shop" } = {}) {
  const attributes = [attributeOf({ path, before: value, after: undefined })];
  const facts = { address: "service.web", resource: "service", name: "web", cause: "" } as const;
  const change = { ...removal(facts), attributes };
  return withShownPaths(change, hostPathsOf(servicefile, directory)).attributes[0]?.before;
}

test.for([
  ["/home/ana/shop/conf/app.conf:/etc/app.conf:ro", "./conf/app.conf:/etc/app.conf:ro"],
  ["/home/ana/shop:/srv", ".:/srv"],
  ["/home/ana/shop-2/conf:/srv", "../shop-2/conf:/srv"],
  ["/home/ana/x:/x", "/home/ana/x:/x"],
  ["/var/run/docker.sock:/sock", "/var/run/docker.sock:/sock"],
  ["/var/log/web:/logs", "/var/log/web:/logs"],
  ["shop_cache:/home/ana/shop", "shop_cache:/home/ana/shop"],
  ["tmpfs:/home/ana/shop:size=1", "tmpfs:/home/ana/shop:size=1"],
])("%s is shown as %s", ([mount = "", expected]) => {
  expect(shown(mount)).toBe(expected);
});

test("a mount of a new container, which is told by its source alone, is shown from there, too", () => {
  expect(shown("/home/ana/shop/conf", { path: "volumes./etc/shop" })).toBe("./conf");
});

test("what is no mount stays as it is", () => {
  expect(shown("/home/ana/shop", { path: "env.HOME" })).toBe("/home/ana/shop");
  expect(shown(["/home/ana/shop"], { path: "cmd" })).toEqual(["/home/ana/shop"]);
});

test("below the root nothing has anything in common", () => {
  expect(shown("/srv/data:/data", { directory: "/" })).toBe("/srv/data:/data");
});
