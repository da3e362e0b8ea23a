import { describe, expect, test } from "vitest";
import { indexLive } from "../../../src/plan/live-index.ts";
import {
  containerSpec,
  imageIdentity,
  model,
  running,
  service,
  task,
} from "../../helpers/build.ts";

describe("indexLive", () => {
  const web = service("web");
  const api = service("api");

  test("a container is found by its labels, whatever its name", () => {
    const renamed = running(web, { name: "elsewhere" });
    expect(indexLive(model({ services: [web] }), [renamed]).instance("web", 1)).toBe(renamed);
  });

  test("of two for one instance the one that is good already is chosen, then the one with the right name", () => {
    const next = running(web, { id: "a", name: "shop-web-1-next", health: "healthy" });
    const stopped = running(web, { id: "b", name: "elsewhere", status: "exited" });
    const right = running(web, { id: "c", status: "exited" });
    const found = (...live: (typeof right)[]) => {
      const index = indexLive(model({ services: [web] }), live);
      return [index.instance("web", 1)?.id, index.orphans.map(({ id }) => id)];
    };
    const outdated = { ...containerSpec(), image: imageIdentity("web:0") };
    const oldNext = running(web, { id: "d", name: "shop-web-1-next", spec: outdated });
    expect(found(next, right)).toEqual(["a", ["c"]]);
    expect(found(oldNext, right)).toEqual(["c", ["d"]]);
    expect(found(stopped, next)).toEqual(["a", ["b"]]);
  });

  test("one that was to take another's place, and has no health check, counts as good when it has the name", () => {
    const next = running(web, { id: "next", name: "shop-web-1-next" });
    const old = running(web, { id: "old", status: "exited" });
    const chosen = (...live: (typeof next)[]) =>
      indexLive(model({ services: [web] }), live).instance("web", 1)?.id;
    expect(chosen(next, old)).toBe("old");
    expect(chosen({ ...next, name: "shop-web-1" }, { ...old, name: "shop-web-1-old" })).toBe(
      "next",
    );
    expect(chosen(next, { ...old, name: "shop-web-1-old" })).toBe("next");
    expect(chosen(next)).toBe("next");
  });

  test("what no instance is wanted of is an orphan, sorted by name", () => {
    const old = running(service("old"));
    const job = running(web, {
      id: "job",
      name: "shop-job",
      identity: { deployment: "shop", service: "web.migrate", instance: 0, kind: "bootstrap" },
    });
    const second = running(web, {
      id: "second",
      name: "shop-web-2",
      identity: { deployment: "shop", service: "web", instance: 2, kind: "service" },
    });
    const index = indexLive(model({ services: [web] }), [second, old, job]);
    expect(index.orphans.map(({ name }) => name)).toEqual(["shop-job", "shop-old-1", "shop-web-2"]);
  });

  test.for(["shop-api-1", "shop-api-1-next", "shop-api-1-old", "shop-web-migrate"])(
    "a container that was renamed to %s stands in another one's way and is no instance",
    (name) => {
      const wanted = model({ services: [api, web], tasks: [task("web.migrate")] });
      const index = indexLive(wanted, [running(web, { name })]);
      expect(index.instance("web", 1)).toBeUndefined();
      expect(index.orphans).toHaveLength(1);
    },
  );
});
