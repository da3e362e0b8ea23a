import { describe, expect, test } from "vitest";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { traefikFormat } from "../../../src/routing/traefik/traefik-format.ts";
import {
  imageIdentity,
  live,
  liveNetwork,
  model,
  on,
  route,
  running,
  service,
} from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";

const NAME = "shop_example.org";
const NETWORKS = [liveNetwork("shop")];

describe("the operations of a replacement", () => {
  const web = service("web", { container: { image: imageIdentity("web:2") } });
  const old = running(service("web"));

  const operationsFor = (containers: readonly (typeof old)[]) => {
    const state = live({ engine: { containers, networks: NETWORKS } });
    return planDeployment(model({ services: [web] }), state, { digest }).operations;
  };
  const idsFor = (containers: readonly (typeof old)[]) =>
    operationsFor(containers).map(({ id }) => id);

  test("when the new container is ready it takes the old one's name, and the old one is removed", () => {
    expect(idsFor([old])).toEqual([
      "container.create:shop-web-1-next",
      "container.stop:shop-web-1",
      "container.start:shop-web-1-next",
      "container.awaitReady:shop-web-1",
      "container.aside:shop-web-1",
      "container.succeed:shop-web-1",
      "container.remove:shop-web-1",
      "undo.succeed:shop-web-1",
      "undo.aside:shop-web-1",
      "undo.remove:shop-web-1-next",
      "undo.start:shop-web-1",
      "step.reached:4",
    ]);
  });

  test("the next step waits for the new one, not for the old one to be cleared away", () => {
    const reached = operationsFor([old]).find(({ kind }) => kind === "step.reached");
    expect(reached?.after).toContain("container.awaitReady:shop-web-1");
    expect(reached?.after).not.toContain("container.remove:shop-web-1");
  });

  describe("a start-first replacement", () => {
    const first = { ...web, replacement: { order: "start-first", because: "" } } as const;
    const reached = (had: Parameters<typeof service>[1]) => {
      const spec = route(NAME, { servers: [{ service: "web", instance: 1, port: 80 }] });
      const store = { routes: { [NAME]: traefikFormat.entriesOf(spec, ["shop-web-1:80"]) } };
      const before = running(service("web", had));
      const state = live({ engine: { containers: [before], networks: NETWORKS }, store });
      const wanted = model({ services: [first], routes: { [NAME]: spec } });
      const { operations } = planDeployment(wanted, state, { digest });
      const ids = operations.map(({ id }) => id);
      expect(ids).toContain(`route.drain:${NAME}:shop-web-1`);
      expect(ids).toContain(`route.clear:${NAME}:shop-web-1`);
      return operations.find(({ kind }) => kind === "step.reached")?.after;
    };

    test("holds the next step back until the new one serves, and not until the old one has ended", () => {
      expect(reached({})).toEqual([
        "container.create:shop-web-1-next",
        "container.start:shop-web-1-next",
        "container.awaitReady:shop-web-1",
        "network.connect:shop-web-1-next:shop",
        "container.aside:shop-web-1",
        "container.succeed:shop-web-1",
        `route.write:${NAME}:shop-web-1`,
        `route.switch:${NAME}:shop-web-1`,
        `route.verify:${NAME}:shop-web-1`,
      ]);
    });

    const data = { kind: "volume", source: "shop-data", target: "/data", readOnly: false } as const;
    test.for([
      ["a host port", on(80)],
      ["a place that it writes to", { mounts: [data] }],
      [
        "an address",
        { networks: [{ name: "shop", aliases: [], addresses: { ipv4: "10.1.0.5" } }] },
      ],
    ] as const)("lets the old one end first where that has %s", ([, had]) => {
      expect(reached({ container: had })).toContain("container.stop:shop-web-1");
    });
  });

  test("an old container that did not run is not started again when the new one fails", () => {
    expect(idsFor([{ ...old, status: "dead" }])).not.toContain("undo.start:shop-web-1");
  });

  test("the old container of a start-first replacement runs until the new one has its name", () => {
    const first = { ...web, replacement: { order: "start-first", because: "" } } as const;
    const state = live({ engine: { containers: [old], networks: NETWORKS } });
    const { operations } = planDeployment(model({ services: [first] }), state, { digest });
    const names = operations.flatMap(({ id, kind, ...rest }) =>
      kind === "container.rename" && "name" in rest ? [[id, rest.name]] : [],
    );
    expect(names.slice(0, 2)).toEqual([
      ["container.aside:shop-web-1", "shop-web-1-old"],
      ["container.succeed:shop-web-1", "shop-web-1"],
    ]);
    const stop = operations.find(({ kind }) => kind === "container.stop");
    expect(stop?.after).toContain("container.succeed:shop-web-1");
  });

  test.for(["shop-web-1-next", "shop-web-1-old"])(
    "one that a run left under the name %s gets its own before it is replaced",
    (name) => {
      const operations = operationsFor([{ ...old, name }]);
      const ids = operations.map(({ id }) => id);
      expect(ids[0]).toBe(`container.rename:${name}`);
      const create = operations.find(({ kind }) => kind === "container.create");
      expect(create).toMatchObject({ name: "shop-web-1-next" });
      expect(create?.after).toContain(`container.rename:${name}`);
      expect(ids).toContain(`container.remove:${name}`);
    },
  );

  test("the one that a run left behind when its successor was good makes room and goes after it", () => {
    const good = running(web, { id: "good", name: "shop-web-1-next", health: "healthy" });
    const operations = operationsFor([old, good]);
    expect(operations.filter(({ kind }) => kind === "container.rename")).toEqual([
      expect.objectContaining({ id: "container.aside:shop-web-1", name: "shop-web-1-old" }),
      expect.objectContaining({
        id: "container.rename:shop-web-1-next",
        name: "shop-web-1",
        after: ["container.aside:shop-web-1"],
      }),
    ]);
    const stop = operations.find(({ kind }) => kind === "container.stop");
    expect(stop?.after).toContain("container.rename:shop-web-1-next");
  });

  test("one that just happens to run, and that nothing has found good, takes no place: it is replaced anew", () => {
    const attempted = running(web, { id: "attempted", name: "shop-web-1-next" });
    const stopped = { ...old, status: "exited" } as const;
    const operations = operationsFor([stopped, attempted]);
    const on = (id: string) => operations.find((operation) => operation.id === id);
    expect(on("container.remove:shop-web-1-next")).toMatchObject({
      container: { id: "attempted" },
    });
    expect(on("container.create:shop-web-1-next")?.after).toContain(
      "container.remove:shop-web-1-next",
    );
    expect(on("container.remove:shop-web-1")?.after).toContain("container.succeed:shop-web-1");
    expect(on("undo.awaitReady:shop-web-1")).toMatchObject({ container: { id: old.id } });
  });

  test("a name that another container was given by hand is free before it is taken", () => {
    const gone = running(service("gone"), { name: "shop-web-1" });
    const renamed = { ...old, name: "elsewhere" };
    const waits = operationsFor([renamed, gone]).find(({ kind }) => kind === "container.rename");
    expect(waits?.after).toContain("container.remove:shop-web-1");
  });
});

test("a container that was renamed by hand gets its name back when it is free", () => {
  const web = service("web");
  const renamed = running(web, { name: "elsewhere" });
  const gone = running(service("gone"), { name: "shop-web-1" });
  const state = live({ engine: { containers: [renamed, gone], networks: NETWORKS } });
  const { operations } = planDeployment(model({ services: [web] }), state, { digest });
  expect(operations).toContainEqual(
    expect.objectContaining({
      id: "container.rename:elsewhere",
      name: "shop-web-1",
      after: ["container.remove:shop-web-1"],
    }),
  );
});
