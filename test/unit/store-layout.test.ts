import { expect, test } from "vitest";
import { Secret } from "../../src/secret.ts";
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

test("owned config keys are kept sorted, and marked where only the value is a secret", () => {
  const config = { dsn: new Secret("x"), b: "1", a_token: new Secret("y"), a: "2" };
  expect(encodeOwnedConfig(config)).toBe("a\na_token\nb\ndsn secret");
  expect(decodeOwnedConfig(encodeOwnedConfig(config))).toEqual([
    { key: "a", isSecret: false },
    { key: "a_token", isSecret: false },
    { key: "b", isSecret: false },
    { key: "dsn", isSecret: true },
  ]);
  expect(decodeOwnedConfig(encodeOwnedConfig({}))).toEqual([]);
});
