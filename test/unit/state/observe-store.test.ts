import { describe, expect, test } from "vitest";
import type { PendingRoute } from "../../../src/model.ts";
import { encodePending } from "../../../src/routing/pending-key.ts";
import { faultsIn } from "../../../src/routing/traefik/decode.ts";
import { isSecretKey } from "../../../src/routing/traefik/route-of-key.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { systemClock } from "../../../src/state/clock.ts";
import { beginRun } from "../../../src/state/journal.ts";
import { acquireLock } from "../../../src/state/lock.ts";
import { absentStore, observeStore } from "../../../src/state/observe-store.ts";
import { encodeTaskRecord } from "../../../src/state/task-record.ts";
import { route } from "../../helpers/build.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";
import { taskRecord } from "./task-record-builder.ts";

const JOURNAL = {
  command: "axon deploy",
  who: "ana@build",
  at: "2026-01-02T03:04:05.000Z",
  revision: 2,
  changes: [{ address: "service.web", action: "create" }],
};

const view = {
  deployment: "shop",
  routeNameOf: (key: string) => /^traefik\/http\/(?:\w+)\/([^/]+)\//.exec(key)?.[1],
  isSecretKey,
  faultsIn,
  ownsRoute: (deployment: string, name: string) => name.startsWith(`${deployment}--`),
};

function observe(initial: Record<string, string>) {
  return observeStore(new MemoryKvStore(initial), view);
}

describe("observeStore", () => {
  test("an empty store is present and holds nothing", async () => {
    expect(await observe({})).toEqual({ ...absentStore(), present: true });
  });

  test("config and endpoints are told by keys relative to their roots", async () => {
    const live = await observe({
      "axon/shop/config/": "",
      "axon/shop/config/debug": "true",
      "axon/shop/config/mail/host": "",
      "axon/shop/services/web/http": "shop-web-1:8080",
    });
    expect(live.config).toEqual({ debug: "true", "mail/host": "" });
    expect(live.endpoints).toEqual({ "web/http": "shop-web-1:8080" });
  });

  test("a config value whose key looks secret is wrapped", async () => {
    const { config } = await observe({ "axon/shop/config/db/password": "s3cret" });
    expect(config["db/password"]).toBeInstanceOf(Secret);
    expect(reveal(config["db/password"] ?? "")).toBe("s3cret");
  });

  test("what belongs to a deployment with a longer name is not seen", async () => {
    const live = await observe({
      "axon/shop-staging/config/debug": "true",
      "axon/shopping/services/web/http": "x:1",
    });
    expect(live).toEqual({ ...absentStore(), present: true });
  });

  test("the config keys that earlier deploys wrote are told", async () => {
    const { ownedConfig } = await observe({ "axon/shop/state/config-keys": "b\na\n\na" });
    expect(ownedConfig).toEqual(["a", "b"]);
  });

  test("a config key that was marked as one holds a secret, whatever its name", async () => {
    const { config, ownedConfig } = await observe({
      "axon/shop/state/config-keys": "dsn secret\nplain",
      "axon/shop/config/dsn": "redis://:opensesame@db",
      "axon/shop/config/plain": "text",
    });
    expect(config).toEqual({ dsn: new Secret("redis://:opensesame@db"), plain: "text" });
    expect(config.dsn).toBeInstanceOf(Secret);
    expect(ownedConfig).toEqual(["dsn", "plain"]);
  });

  test("routes are grouped by name, and those of others are left out", async () => {
    const { routes } = await observe({
      "traefik/http/routers/shop--web/rule": "Host(`a`)",
      "traefik/http/services/shop--web/url": "http://web",
      "traefik/http/routers/blog--web/rule": "Host(`b`)",
      "traefik/http/odd": "x",
      "traefik/tcp/routers/shop--web/rule": "x",
    });
    expect(routes).toEqual({
      "shop--web": {
        "traefik/http/routers/shop--web/rule": "Host(`a`)",
        "traefik/http/services/shop--web/url": "http://web",
      },
    });
  });

  test.each(["basicauth", "digestAuth"])("the users of %s are secret", async (kind) => {
    const key = `traefik/http/middlewares/shop--web/${kind}/users/0`;
    const { routes } = await observe({ [key]: "me:hash" });
    expect(JSON.stringify(routes)).not.toContain("hash");
    expect(reveal(routes["shop--web"]?.[key] ?? "")).toBe("me:hash");
  });

  test("a task's record is told by the task's id", async () => {
    const record = taskRecord({ id: "web.migrate" });
    const live = await observe({ "axon/shop/state/tasks/web.migrate": encodeTaskRecord(record) });
    expect(live.tasks).toEqual({ "web.migrate": record });
    expect(live.notices).toEqual([]);
  });

  test.each([
    ["broken", "{"],
    ["of a newer Axon", JSON.stringify({ ...taskRecord(), version: 2 })],
    ["about another task", JSON.stringify(taskRecord({ id: "other" }))],
  ])("a record that is %s counts as absent and is told", async (_, text) => {
    const live = await observe({ "axon/shop/state/tasks/web.migrate": text });
    expect(live.tasks).toEqual({});
    expect(live.notices).toEqual([expect.stringContaining("web.migrate")]);
  });

  test("a run that has not ended is told", async () => {
    const store = new MemoryKvStore();
    await beginRun(store, "shop", JOURNAL);
    const { journal, notices } = await observeStore(store, view);
    expect(journal).toEqual({ version: 1, planned: 1, ...JOURNAL });
    expect(notices).toEqual([]);
  });

  test("a journal that cannot be understood counts as absent and is told", async () => {
    const live = await observe({ "axon/shop/state/journal/run": "{" });
    expect(live.journal).toBeUndefined();
    expect(live.notices).toEqual([expect.stringContaining("journal")]);
  });

  test("who deploys right now is told, and nobody when the lock is free", async () => {
    const store = new MemoryKvStore();
    const lock = await acquireLock(
      store,
      {
        deployment: "shop",
        holder: { who: "ana@build", pid: 7, command: "axon deploy" },
        wait: "no-wait",
        onWaiting: () => undefined,
        clock: systemClock,
      },
      new AbortController().signal,
    );
    expect((await observeStore(store, view)).lockHolder).toMatchObject({ who: "ana@build" });
    await lock.release();
    expect((await observeStore(store, view)).lockHolder).toBeUndefined();
  });

  test.each([
    ["12", 12],
    ["?", undefined],
    ["0", undefined],
  ])("the current revision %j is %j", async (text, revision) => {
    expect(await observe({ "axon/shop/state/current": text })).toMatchObject({ revision });
  });

  test("the models of revisions are not read", async () => {
    const store = new MemoryKvStore({ "axon/shop/revisions/1/a/0": "x" });
    const read: string[] = [];
    const list = store.list.bind(store);
    store.list = async (prefix, signal) => {
      const entries = await list(prefix, signal);
      read.push(...entries.map(({ key }) => key));
      return entries;
    };
    await observeStore(store, view);
    expect(read).toEqual([]);
  });

  test("keys of the configuration, the services and the state are counted, but not those of a run", async () => {
    const { keys } = await observe({
      "axon/shop/config/debug": "true",
      "axon/shop/state/digest-key": "k",
      "axon/shop/services/web/http": "",
      "axon/shop/state/lock": "",
      "axon/shop-staging/config/debug": "true",
      "traefik/http/routers/shop--web/rule": "x",
    });
    expect(keys).toBe(3);
  });

  test("nothing is written", async () => {
    const store = new MemoryKvStore();
    await observeStore(store, view);
    expect(store.mutations).toBe(0);
  });
});

test("routes of others, and what spoils all of them, are told", async () => {
  const store = await observe({
    "traefik/http/routers/shop--a/rule": "Host(`a`)",
    "traefik/http/routers/blog--b/rule": "Host(`b`)",
    "traefik/http/routers/blog--b/rules": "Host(`b`)",
  });
  expect(store.otherRoutes).toEqual(["blog--b"]);
  expect(store.routerFaults).toEqual([
    expect.stringMatching(/^traefik\/http\/routers\/blog--b\/rules is nothing that Traefik knows/),
  ]);
});

test("a key of who waits that cannot be understood is named, and the others are read", async () => {
  const root = "traefik/axon/pending/shop/";
  const waits: PendingRoute = {
    ...route("front_example.org", { servers: [] }),
    awaits: { deployment: "shop", service: "web", port: undefined },
  };
  const store = await observe({
    [`${root}x`]: '{"version":1,"route":{}}',
    [`${root}front_example.org`]: encodePending(waits).reveal(),
    "traefik/axon/pending/blog/side_example.org": "none of this one's",
  });
  expect(store.awaited).toMatchObject([{ name: "front_example.org" }]);
  expect(store.otherPending).toEqual(["side_example.org", "front_example.org", "x"]);
  expect(store.notices).toEqual([
    `${root}x, a domain that waits, is not used: its "route" cannot be understood`,
  ]);
});
