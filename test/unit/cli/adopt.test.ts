import { expect, test } from "vitest";
import { withAdopted } from "../../../src/cli/adopt.ts";
import type { Context } from "../../../src/cli/context.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { live, model, running, service } from "../../helpers/build.ts";

test("a container that was taken over and is gone leaves its place to another one", async () => {
  const web = service("web");
  const there = { ...running(web), id: "b", name: "web" };
  const engine = {
    inspectContainer: async (reference: string) => (reference === "web" ? there : undefined),
    inspectImage: async () => undefined,
  } as unknown as Engine;
  const state = live({ store: { adopted: { a: { service: "web", instance: 1 } } } });
  const { foreign } = state.engine;
  const seen = {
    ...state,
    engine: { ...state.engine, foreign: { ...foreign, adoptable: ["web"] } },
  };
  const context = { stop: new AbortController().signal } as Context;
  const adoption = { engine, model: model({ services: [web] }), live: seen, wanted: true };
  const { containers } = (await withAdopted(adoption, context)).engine;
  expect(containers).toMatchObject([{ id: "b", adopted: "new" }]);
});
