import { describe, expect, test, vi } from "vitest";
import type { KvWrite } from "../../../src/kv/kv-store.ts";
import type { RouteSwitch, RouteTarget } from "../../../src/router/router.ts";
import { traefikRouter } from "../../../src/router/traefik-router.ts";
import { route } from "../../helpers/build.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

const NAME = "shop_example.org";
const RULE = `traefik/http/routers/${NAME}/rule`;
const SERVICE = `traefik/http/routers/${NAME}/service`;
const signal = new AbortController().signal;

type Overrides = Partial<RouteSwitch>;

function target(overrides: Overrides = {}): RouteSwitch {
  const usual = { name: NAME, spec: undefined, servers: ["b:80"], generation: 1 };
  return { ...usual, from: 0, ...overrides };
}

/** The route leads to `a:80`, and the list with `b:80` is beside it. */
async function prepared() {
  const store = new MemoryKvStore();
  const router = traefikRouter(store);
  const first = { spec: route(NAME), servers: ["a:80"], generation: 0, from: undefined };
  await router.prepare(target(first), signal);
  await router.switchTo(target(first), signal);
  await router.prepare(target(), signal);
  return { store, router };
}

/** Somebody else writes after the store was read, and before it is written. */
function overtake(store: MemoryKvStore, other: KvWrite): void {
  const transact = store.transact.bind(store);
  vi.spyOn(store, "transact").mockImplementationOnce(async (writes, abort) => {
    await transact([other]);
    return await transact(writes, abort);
  });
}

describe("a switch", () => {
  test("writes one key, and that leads elsewhere", async () => {
    const { store, router } = await prepared();
    const before = store.entries();
    await router.switchTo(target(), signal);
    expect(store.entries()).toEqual({ ...before, [SERVICE]: `${NAME}=v1` });
  });

  test.for<[string, KvWrite, Overrides]>([
    ["chosen", { kind: "put", key: SERVICE, value: "theirs" }, {}],
    ["deleted", { kind: "delete", key: SERVICE }, {}],
    ["edited", { kind: "put", key: RULE, value: "theirs" }, { spec: route(NAME, { path: "/x" }) }],
  ])(
    "is refused where a key was %s by others meanwhile, and writes nothing",
    async ([, other, overrides]) => {
      const { store, router } = await prepared();
      const theirs = new MemoryKvStore(store.entries());
      await theirs.transact([other]);
      overtake(store, other);
      const switching = router.switchTo(target(overrides), signal);
      await expect(switching).rejects.toMatchObject({
        code: "STORE_REFUSED",
        message: expect.stringContaining("key" in other ? other.key : ""),
      });
      expect(store.entries()).toEqual(theirs.entries());
    },
  );

  test("is refused where a key that it makes was made by others meanwhile", async () => {
    const { store, router } = await prepared();
    const key = `traefik/http/middlewares/${NAME}_rewrite/stripprefix/prefixes/0`;
    overtake(store, { kind: "put", key, value: "/theirs" });
    const spec = route(NAME, { path: "/x", rewrite: "/" });
    const before = store.entries();
    await expect(router.switchTo(target({ spec }), signal)).rejects.toMatchObject({
      code: "STORE_REFUSED",
    });
    expect(store.entries()).toEqual({ ...before, [key]: "/theirs" });
  });

  test("is refused where a key that it removes was edited by others meanwhile", async () => {
    const { store, router } = await prepared();
    const spec = route(NAME, { path: "/x", rewrite: "/" });
    await router.switchTo(target({ spec }), signal);
    const [key = ""] = Object.keys(store.entries()).filter((one) => one.includes("_rewrite/"));
    const before = store.entries();
    overtake(store, { kind: "put", key, value: "/theirs" });
    const back = target({ spec: route(NAME), from: 1 });
    await expect(router.switchTo(back, signal)).rejects.toMatchObject({ code: "STORE_REFUSED" });
    expect(store.entries()).toEqual({ ...before, [key]: "/theirs" });
  });

  test("is refused where the route does not lead any more where the plan saw it", async () => {
    const { store, router } = await prepared();
    await router.switchTo(target(), signal);
    await router.prepare(target({ generation: 2, servers: ["c:80"] }), signal);
    const before = store.entries();
    await expect(router.switchTo(target({ generation: 2 }), signal)).rejects.toMatchObject({
      code: "ROUTE_NOT_SWITCHED",
      message: expect.stringContaining("b:80"),
    });
    expect(store.entries()).toEqual(before);
  });

  test("is made from wherever the route leads when the plan does not say from where", async () => {
    const { store, router } = await prepared();
    await router.switchTo(target(), signal);
    await router.switchTo(target({ generation: 0, servers: ["a:80"], from: undefined }), signal);
    expect(store.entries()[SERVICE]).toBe(NAME);
  });
});

/** More than a store takes at once is cut in two, in this order. */
describe("what is written", () => {
  const SPEC = route(NAME, { path: "/x", rewrite: "/", tls: { kind: "acme", resolver: "own" } });

  test("ends with the keys that switch", async () => {
    const { store, router } = await prepared();
    const transact = vi.spyOn(store, "transact");
    await router.switchTo(target({ spec: SPEC }), signal);
    const keys = keysIn(transact.mock.calls);
    expect(keys.slice(-2)).toEqual([SERVICE, `traefik/http/routers/${NAME}=plain/service`]);
    expect(keys.length).toBeGreaterThan(4);
  });

  test("begins with the routers when a route goes, which name the rest", async () => {
    const { store, router } = await prepared();
    await router.switchTo(target({ spec: SPEC }), signal);
    const transact = vi.spyOn(store, "transact");
    await router.remove(NAME, signal);
    const isRouter = keysIn(transact.mock.calls).map((key) => key.includes("/routers/"));
    expect(isRouter).toEqual(isRouter.toSorted((a, b) => Number(b) - Number(a)));
    expect(isRouter).toContain(true);
    expect(isRouter).toContain(false);
  });
});

function keysIn(
  calls: readonly (readonly [readonly KvWrite[], ...unknown[]])[],
): readonly string[] {
  return calls.flatMap(([writes]) => writes.flatMap((write) => ("key" in write ? write.key : [])));
}

describe("a look at where it leads", () => {
  const looked = async (seen: Partial<RouteTarget>) => {
    const { router } = await prepared();
    await router.switchTo(target(), signal);
    await router.verify({ ...target(seen), isHealthy: true }, signal);
  };

  test("succeeds where that is what was written", async () => {
    await expect(looked({})).resolves.toBeUndefined();
  });

  test.for<[string, Partial<RouteTarget>]>([
    ["other servers", { servers: ["c:80"] }],
    ["more servers", { servers: ["b:80", "c:80"] }],
    ["no servers", { servers: [] }],
    ["another list of the same servers", { generation: 2 }],
    ["another route", { name: "shop_example.com" }],
  ])("fails where it should be %s", async ([, seen]) => {
    await expect(looked(seen)).rejects.toMatchObject({ code: "ROUTE_NOT_SWITCHED" });
  });

  test.for([
    ["shop_wildcard.example.org", "*.example.org leads nowhere"],
    ["shop_example.org_shop_a=5fb", "example.org/shop/a_b leads nowhere"],
  ] as const)("names %s as it stands in the file", async ([name, message]) => {
    await expect(looked({ name })).rejects.toThrow(message);
  });
});
