import { expect, test } from "vitest";
import { rightsOf, rulesOf } from "../../../../src/kv/consul/consul-rules.ts";

const RIGHTS = { "axon/shop/services/": "read", "axon/shop/config/": "write" };

test("rights become rules in Consul's language, sorted, with the catalogue", () => {
  expect(rulesOf(RIGHTS).split("\n")).toEqual([
    'key_prefix "axon/shop/config/" { policy = "write" }',
    'key_prefix "axon/shop/services/" { policy = "read" }',
    'node_prefix "" { policy = "read" }',
    'service_prefix "" { policy = "read" }',
  ]);
  expect(rightsOf(rulesOf(RIGHTS))).toEqual(RIGHTS);
});

test.each([
  ["more than was given", `${rulesOf({})}\nkey_prefix "" { policy = "write" }`, { "": "write" }],
  ["another language", `${rulesOf({})}\nacl = "write"`, { 'acl = "write"': "as it says" }],
  ["no catalogue", 'node_prefix "" { policy = "read" }', { catalogue: "not all of it" }],
])("what somebody else wrote is told: %s", (_, rules, rights) => {
  expect(rightsOf(rules)).toEqual(rights);
});
