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
    layout.lockKey("shop"),
    layout.journalKey("shop"),
    layout.currentRevisionKey("shop"),
    layout.revisionKey("shop", 12),
    layout.revisionModelRoot("shop", 12),
    layout.sealingKeyKey("shop"),
  ]).toEqual([
    `${root}config/mail/host`,
    `${root}services/web/http`,
    `${root}state/tasks/web.migrate`,
    `${root}state/config-keys`,
    `${root}state/digest-key`,
    `${root}state/lock`,
    `${root}state/journal/run`,
    `${root}state/current`,
    `${root}state/revisions/12`,
    `${root}revisions/12/`,
    `${root}state/sealing-key`,
  ]);
});

test("owned config keys are kept sorted, each once", () => {
  expect(encodeOwnedConfig(["b", "a", "b"])).toBe("a\nb");
  expect(decodeOwnedConfig(encodeOwnedConfig(["b", "a"]))).toEqual(["a", "b"]);
  expect(decodeOwnedConfig(encodeOwnedConfig([]))).toEqual([]);
});
