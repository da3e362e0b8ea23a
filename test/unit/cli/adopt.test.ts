import { describe, expect, test } from "vitest";
import { withAdopted } from "../../../src/cli/adopt.ts";
import type { Context } from "../../../src/cli/context.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import type { AdoptableContainer } from "../../../src/live.ts";
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
    engine: { ...state.engine, foreign: { ...foreign, adoptable: [{ name: "web" }] } },
  };
  const context = { stop: new AbortController().signal } as Context;
  const adoption = { engine, model: model({ services: [web] }), live: seen, wanted: true };
  const { containers } = (await withAdopted(adoption, context)).engine;
  expect(containers).toMatchObject([{ id: "b", adopted: "new" }]);
});

describe("of the containers that nobody has", () => {
  /** By service and instance, the name of the container that is taken over. */
  async function taken(
    services: readonly string[],
    adoptable: readonly AdoptableContainer[],
  ): Promise<Record<string, string>> {
    const engine = {
      inspectContainer: async (name: string) => ({ ...running(service("x")), id: name, name }),
      inspectImage: async () => undefined,
    } as unknown as Engine;
    const state = live();
    const foreign = { ...state.engine.foreign, adoptable };
    const seen = { ...state, engine: { ...state.engine, foreign } };
    const wanted = services.map((name) =>
      service(name, { containerNames: [`shop-${name}-1`, `shop-${name}-2`] }),
    );
    const adoption = { engine, model: model({ services: wanted }), live: seen, wanted: true };
    const context = { stop: new AbortController().signal } as Context;
    const { containers } = (await withAdopted(adoption, context)).engine;
    return Object.fromEntries(
      containers.map(({ identity, name }) => [`${identity.service} ${identity.instance}`, name]),
    );
  }

  const composed = (name: string, of: string, instance = 1) => ({
    name,
    composed: { service: of, instance },
  });

  test("each that Compose made is for the service that it was made for, whatever it is called", async () => {
    const both = [composed("proj-web-1", "web"), composed("proj-app-web-1", "app-web")];
    expect(await taken(["web"], both)).toEqual({ "web 1": "proj-web-1" });
    expect(await taken(["app-web", "web"], both)).toEqual({
      "app-web 1": "proj-app-web-1",
      "web 1": "proj-web-1",
    });
    const renamed = [composed("elsewhere", "web", 2), composed("web", "app-web")];
    expect(await taken(["app-web", "web"], renamed)).toEqual({
      "app-web 1": "web",
      "web 2": "elsewhere",
    });
  });

  test("one is for one service only: that with the longest name that fits", async () => {
    const one = [{ name: "proj-app-web-1" }];
    expect(await taken(["app-web", "web"], one)).toEqual({ "app-web 1": "proj-app-web-1" });
    expect(await taken(["web"], one)).toEqual({ "web 1": "proj-app-web-1" });
    expect(await taken(["web"], [composed("proj-app-web-1", "app-web")])).toEqual({});
    expect(await taken(["web"], [{ name: "proj_web_2" }])).toEqual({ "web 2": "proj_web_2" });
  });

  test("what Compose made for one command is not an instance", async () => {
    expect(await taken(["web"], [composed("proj-web-run-1", "web", 0)])).toEqual({});
  });

  test("of several that fit, it is the one that is called as the service is; else nobody knows", async () => {
    const two = [composed("a-web-1", "web"), composed("b-web-1", "web")];
    await expect(taken(["web"], two)).rejects.toMatchObject({ code: "NAME_TAKEN" });
    expect(await taken(["web"], [...two, { name: "web" }])).toEqual({ "web 1": "web" });
    const renamed = [composed("a-web-1", "web"), composed("web", "web")];
    expect(await taken(["web"], renamed)).toEqual({ "web 1": "web" });
  });
});
