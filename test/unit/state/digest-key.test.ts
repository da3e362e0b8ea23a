import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/secret.ts";
import { ensureDigestKey, keyedDigest, readDigestKey } from "../../../src/state/digest-key.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

describe("digest key", () => {
  test("there is none before the first deploy, and reading makes none", async () => {
    const store = new MemoryKvStore();
    expect(await readDigestKey(store, "shop")).toBeUndefined();
    expect(store.mutations).toBe(0);
  });

  test("it is made once and kept", async () => {
    const store = new MemoryKvStore();
    const first = await ensureDigestKey(store, "shop", () => "one");
    const second = await ensureDigestKey(store, "shop", () => "two");
    expect([first.reveal(), second.reveal()]).toEqual(["one", "one"]);
    expect(store.entries()).toEqual({ "axon/shop/state/digest-key": "one" });
  });

  test("of two deployers that make it at once, both get the same", async () => {
    const store = new MemoryKvStore();
    const keys = await Promise.all(
      ["one", "two"].map((text) => ensureDigestKey(store, "shop", () => text)),
    );
    expect(new Set(keys.map((key) => key.reveal())).size).toBe(1);
  });

  test("a digest depends on the key and on the text, and has 32 hexadecimal digits", () => {
    const key = new Secret("k");
    expect(keyedDigest(key, "a")).toMatch(/^[0-9a-f]{32}$/);
    expect(keyedDigest(key, "a")).toBe(keyedDigest(new Secret("k"), "a"));
    expect(keyedDigest(key, "a")).not.toBe(keyedDigest(key, "b"));
    expect(keyedDigest(key, "a")).not.toBe(keyedDigest(new Secret("l"), "a"));
  });
});
