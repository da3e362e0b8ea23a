import { expect, test } from "vitest";
import { awaitReady } from "../../../src/apply/await-ready.ts";
import type { LogLine } from "../../../src/engine/engine.ts";
import { containerSpec, imageFacts, imageIdentity } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

/** What is told of a service that ends at once. */
async function toldOf(lines: readonly LogLine[]): Promise<unknown> {
  const world = new World();
  const context = world.context();
  world.engine.addImage(imageFacts("web:1"));
  world.engine.behaviours.set("web:1", { exitCode: 1, lines });
  const container = await world.engine.createContainer(
    {
      name: "shop-web-1",
      identity: { deployment: "shop", service: "web", instance: 1, kind: "service" },
      spec: containerSpec({ image: imageIdentity("web:1"), networks: [] }),
    },
    context.abort,
  );
  await world.engine.startContainer(container, context.abort);
  const readiness = {
    id: "container.awaitReady:shop-web-1",
    container,
    until: "running",
    timeoutSeconds: 1,
    settleSeconds: 0.5,
    change: "service.web",
  } as const;
  await expect(awaitReady(readiness, context)).rejects.toMatchObject({
    code: "SERVICE_NOT_READY",
    message: "web ended with exit code 1 instead of running",
  });
  return world.events;
}

test("the last lines of a service that ends are told", async () => {
  const lines = [{ stream: "stderr", text: "no such table" }] as const;
  const told = { kind: "container.logs", container: "web", lines: ["no such table"] };
  expect(await toldOf(lines)).toEqual([told]);
});

test("of a service that wrote nothing no lines are told", async () => {
  expect(await toldOf([])).toEqual([]);
});
