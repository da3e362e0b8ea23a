import { expect, test } from "vitest";
import type { Model } from "../../../src/model.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { model, service, task } from "../../helpers/build.ts";
import { digest, World } from "../../helpers/world.ts";

const ports = { http: { number: 80, protocol: "http" } } as const;
const web = service("web");
const NAMES = ["constructor", "toString", "valueOf"];

test.for(NAMES)("a service and a one-shot called %s come and go like any other", async (name) => {
  const world = new World();
  const without = model({ services: [web] });
  const endpoints = { [`${name}/http`]: `shop-${name}-1:80` };
  const withService = model({ services: [web, service(name, { ports })], endpoints });
  const withTask = model({ services: [web], tasks: [task(name, { kind: "service" })] });
  let previous: Model | undefined;
  for (const wanted of [without, withService, without, withTask, without]) {
    await world.plan(wanted);
    const plan = planDeployment(wanted, await world.observe(), { digest, previous });
    for (const outcome of (await world.apply(plan)).values()) {
      expect(outcome).toMatchObject({ kind: expect.stringMatching(/^(done|unneeded)$/) });
    }
    const again = planDeployment(wanted, await world.observe(), { digest, previous: wanted });
    expect(again.operations).toEqual([]);
    previous = wanted;
  }
});
