import { describe, expect, test } from "vitest";
import { stoppedRouter } from "../../../src/cli/stopped-router.ts";
import { beginRun } from "../../../src/state/journal.ts";
import { type RevisionDraft, writeRevision } from "../../../src/state/write-revision.ts";
import { revisionKey } from "../../../src/store-layout.ts";
import { DEPLOYMENT, liveContainer, model, route } from "../../helpers/build.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

const ROUTED = model({ routes: { web: route("web") } });
const PLAIN = model();
const facts = {
  at: "2026-11-21T12:00:00.000Z",
  who: "ana@here",
  command: "axon deploy",
  durationMilliseconds: 1,
  axonVersion: "0.1.0",
  summary: {},
};

async function deployed(
  store: MemoryKvStore,
  of: RevisionDraft["model"],
  outcome: RevisionDraft["facts"]["outcome"] = "complete",
) {
  const random = () => "1".repeat(64);
  const draft = { deployment: DEPLOYMENT, model: of, config: {}, random };
  await writeRevision(store, { ...draft, facts: { ...facts, outcome } });
}

function look(store: MemoryKvStore | undefined) {
  const router = stoppedRouter(liveContainer({ name: "axon-system-caddy", status: "created" }));
  return router.observe?.(DEPLOYMENT, store);
}

const NONE = { routes: {}, otherRoutes: [], routerFaults: [] };

describe("a router that does not run is not missed", () => {
  test("where there is no store, or nothing was deployed", async () => {
    expect(await look(undefined)).toEqual(NONE);
    expect(await look(new MemoryKvStore())).toEqual(NONE);
  });

  test("where the last complete deploy had no routes, and none since", async () => {
    const store = new MemoryKvStore();
    await deployed(store, ROUTED);
    await deployed(store, PLAIN);
    await deployed(store, PLAIN, "partial");
    expect(await look(store)).toEqual(NONE);
  });
});

describe("a router that does not run is an error", () => {
  test.each<[string, (store: MemoryKvStore) => Promise<unknown>]>([
    ["the last deploy had routes", (store) => deployed(store, ROUTED)],
    [
      "a run that was to remove them did not do all of it",
      async (store) => {
        await deployed(store, ROUTED);
        await deployed(store, PLAIN, "partial");
      },
    ],
    [
      "a run that was cut off had begun one",
      (store) =>
        beginRun(store, DEPLOYMENT, {
          ...facts,
          revision: 1,
          changes: [{ address: "route.web", action: "create" }],
        }),
    ],
    [
      "nobody can read what was deployed",
      async (store) => {
        await deployed(store, PLAIN);
        const key = revisionKey(DEPLOYMENT, 1);
        await store.transact([{ kind: "put", key, value: "garbled" }]);
      },
    ],
  ])("where %s", async (_, prepare) => {
    const store = new MemoryKvStore();
    await prepare(store);
    const hint = expect.stringContaining("axon system up router --http PORT");
    await expect(look(store)).rejects.toMatchObject({ code: "ROUTER_UNREACHABLE", hint });
  });
});
