import { expect, test } from "vitest";
import * as layout from "../../src/store-layout.ts";
import { decodeOwnedConfig, encodeOwnedConfig } from "../../src/store-layout.ts";

test("everything of a deployment is below its root", () => {
  const root = layout.deploymentRoot("shop");
  expect(root).toBe("axon/shop/");
  expect([
    layout.configKey("shop", "mail/host"),
    layout.endpointKey("shop", "web/http"),
    layout.taskKey("shop", "web.migrate"),
    layout.ownedConfigKey("shop"),
    layout.digestKeyKey("shop"),
  ]).toEqual([
    `${root}config/mail/host`,
    `${root}services/web/http`,
    `${root}state/tasks/web.migrate`,
    `${root}state/config-keys`,
    `${root}state/digest-key`,
  ]);
});

test("owned config keys are kept sorted, each once", () => {
  expect(encodeOwnedConfig(["b", "a", "b"])).toBe("a\nb");
  expect(decodeOwnedConfig(encodeOwnedConfig(["b", "a"]))).toEqual(["a", "b"]);
  expect(decodeOwnedConfig(encodeOwnedConfig([]))).toEqual([]);
});
