import { describe, expect, test } from "vitest";
import type { LiveContainer } from "../../../src/live.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import {
  CHECK,
  imageIdentity,
  live,
  liveNetwork,
  model,
  running,
  service,
} from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";

const containerNames = ["shop-web-1", "shop-web-2", "shop-web-3"];
const web = service("web", {
  containerNames,
  container: { image: imageIdentity("web:2"), healthcheck: CHECK },
});

function instance(number: number, overrides: Partial<LiveContainer> = {}): LiveContainer {
  const name = `shop-web-${number}`;
  const identity = {
    deployment: "shop",
    service: "web",
    instance: number,
    kind: "service",
  } as const;
  const old = service("web", { container: { healthcheck: CHECK } });
  return running(old, { id: name, name, identity, health: "healthy", ...overrides });
}

function planFor(containers: readonly LiveContainer[]) {
  const state = live({ engine: { containers, networks: [liveNetwork("shop")] } });
  const { operations } = planDeployment(model({ services: [web] }), state, { digest });
  const waits = new Map(operations.map(({ id, after }) => [id, after]));
  /** Whether an operation comes after another one, directly or through others. */
  const comesAfter = (id: string, earlier: string): boolean =>
    (waits.get(id) ?? []).some((one) => one === earlier || comesAfter(one, earlier));
  const isPlanned = (id: string) => waits.has(id);
  return { comesAfter, isPlanned };
}

const stopped = (number: number) => `container.stop:shop-web-${number}`;
const ready = (number: number) => `container.awaitReady:shop-web-${number}`;

describe("instances that are replaced one after the other", () => {
  test("wait for one that is not there", () => {
    const { comesAfter } = planFor([instance(2), instance(3)]);
    expect(comesAfter(stopped(2), ready(1))).toBe(true);
    expect(comesAfter(stopped(3), ready(2))).toBe(true);
  });

  test("wait for all that are not there, which do not wait for each other", () => {
    const { comesAfter } = planFor([instance(1)]);
    expect([2, 3].map((number) => comesAfter(stopped(1), ready(number)))).toEqual([true, true]);
    expect(comesAfter("container.create:shop-web-3", ready(2))).toBe(false);
  });

  test.for([
    ["was stopped", { status: "exited" }],
    ["is unhealthy", { health: "unhealthy" }],
    ["is the new version, and was stopped", { status: "exited", spec: web.container }],
  ] as const)("wait for the last of them where that %s", ([, state]) => {
    const { comesAfter, isPlanned } = planFor([instance(1), instance(2), instance(3, state)]);
    expect(isPlanned(ready(3))).toBe(true);
    expect(comesAfter(stopped(1), ready(3))).toBe(true);
    expect(comesAfter(stopped(2), ready(1))).toBe(true);
  });
});
