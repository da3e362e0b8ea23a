import { describe, expect, test, vi } from "vitest";
import type { KvStore } from "../../../src/kv/kv-store.ts";
import { traefikRouter } from "../../../src/router/traefik-router.ts";
import { route } from "../../helpers/build.ts";
import { traefikConfiguration } from "../../helpers/decode-traefik.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

const signal = new AbortController().signal;

function made(store: KvStore, name: string): Promise<void> {
  const target = { name, spec: route(name), servers: ["a:80"], generation: 0 };
  return traefikRouter(store).switchTo({ ...target, from: undefined }, signal);
}

async function keysOf(store: KvStore): Promise<Record<string, string>> {
  const entries = await store.list("traefik/");
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

describe("a domain that two deployments want at once", () => {
  test("is the one's whose route is written first", async () => {
    const store = new MemoryKvStore();
    await made(store, "shop_example.org");
    await expect(made(store, "blog_example.org")).rejects.toMatchObject({ code: "DOMAIN_CLAIMED" });
    expect(Object.keys(await keysOf(store)).some((key) => key.includes("blog_"))).toBe(false);
  });

  test("is given to one, also where neither had seen the other", async () => {
    const store = new MemoryKvStore();
    const before = await store.list("traefik/");
    await made(store, "shop_example.org");
    vi.spyOn(store, "list").mockResolvedValue(before);
    await expect(made(store, "blog_example.org")).rejects.toMatchObject({ code: "DOMAIN_CLAIMED" });
  });

  test("is free again when its route goes, or has gone without a word", async () => {
    const store = new MemoryKvStore();
    await made(store, "shop_example.org_x");
    await traefikRouter(store).remove("shop_example.org_x", signal);
    await made(store, "blog_example.org_x");
    for (const key of Object.keys(await keysOf(store))) {
      if (key.includes("blog_")) await store.transact([{ kind: "delete", key }]);
    }
    await made(store, "shop_example.org_x");
    expect((await keysOf(store))["traefik/axon/claims/example.org_x"]).toBe("shop");
  });
});

test("when the last route goes, Traefik is left with something that says so", async () => {
  const store = new MemoryKvStore();
  await made(store, "shop_example.org");
  await traefikRouter(store).remove("shop_example.org", signal);
  const left = await keysOf(store);
  expect(Object.entries(left).filter((entry) => entry.join().includes("shop"))).toEqual([]);
  expect(Object.keys(left).filter((key) => key.startsWith("traefik/axon/"))).toEqual([]);
  const { http } = traefikConfiguration(left);
  expect(http.routers).toBeUndefined();
  expect(Object.keys(http.middlewares ?? {})).toEqual(["axon"]);
});
