import { describe, expect, test } from "vitest";
import type { ServiceSpec } from "../../../src/model.ts";
import { imageIdentity, model, on, service, task } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const image = imageIdentity("job:1");
const job = task("job", { kind: "service", container: { image, ...on(8080) } });

describe("a one-shot with a host port that a container of the deployment holds", () => {
  const deployed = (...services: readonly ServiceSpec[]) => World.deployed(model({ services }));
  const callsOf = (world: World) => world.containerCalls("start", "stop", "remove");

  test("starts when one that goes has stopped", async () => {
    const world = await deployed(service("web", { container: on(8080) }));
    await world.deploy(model({ tasks: [job] }));
    expect(callsOf(world)).toEqual([
      "stopContainer shop-web-1",
      "startContainer shop-job",
      "removeContainer shop-job",
      "removeContainer shop-web-1",
    ]);
  });

  test("leaves it as it was when it fails", async () => {
    const world = await deployed(service("web", { container: on(8080) }));
    world.engine.behaviours.set("job:1", { exitCode: 1 });
    await world.apply(await world.plan(model({ tasks: [job] })));
    expect(world.engine.container("shop-web-1")).toMatchObject({
      status: "running",
      hostPorts: new Map([[80, 8080]]),
    });
  });

  test("starts when one that is to have another port has stopped", async () => {
    const world = await deployed(service("web", { container: on(8080) }));
    await world.deploy(
      model({ services: [service("web", { container: on(8081) })], tasks: [job] }),
    );
    expect(callsOf(world)).toEqual([
      "stopContainer shop-web-1",
      "startContainer shop-job",
      "removeContainer shop-job",
      "startContainer shop-web-1-next",
      "removeContainer shop-web-1-old",
    ]);
  });

  test("is refused in the plan when that one stays", async () => {
    const web = service("web", { container: on(8080) });
    const world = await deployed(web);
    const plan = world.plan(model({ services: [web], tasks: [job] }));
    await expect(plan).rejects.toMatchObject({ code: "PORT_TAKEN" });
  });
});
