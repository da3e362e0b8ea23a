import { describe, expect, test } from "vitest";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { imageIdentity, live, liveNetwork, model, running, service } from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";

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

  test("the old container is removed when the new one is ready, which then takes its name", () => {
    expect(idsFor([old])).toEqual([
      "container.create:shop-web-1-next",
      "container.stop:shop-web-1",
      "container.start:shop-web-1-next",
      "container.awaitReady:shop-web-1",
      "container.remove:shop-web-1",
      "container.rename:shop-web-1-next",
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

  test("an old container that did not run is not started again when the new one fails", () => {
    expect(idsFor([{ ...old, status: "dead" }])).not.toContain("undo.start:shop-web-1");
  });

  test("the successor of one that was left under the name of a successor gets the right name at once", () => {
    const ids = idsFor([{ ...old, name: "shop-web-1-next" }]);
    expect(ids).toContain("container.create:shop-web-1");
    expect(ids).toContain("container.remove:shop-web-1-next");
    expect(ids.filter((id) => id.startsWith("container.rename"))).toEqual([]);
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
