import { expect, test } from "vitest";
import { judgeRun } from "../../../src/apply/judge-run.ts";
import { trackChanges } from "../../../src/cli/output/change-progress.ts";
import { lineProgress } from "../../../src/cli/output/line-progress.ts";
import { failureOf, renderFailure } from "../../../src/cli/output/verdict.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import {
  DEPLOYMENT,
  imageIdentity,
  live,
  liveNetwork,
  model,
  running,
  type ServiceOverrides,
  service,
} from "../../helpers/build.ts";
import { digest, World } from "../../helpers/world.ts";

const requires = [{ target: "db", condition: "healthy" }] as const;
const healthcheck = { test: ["CMD", "true"] } as never;

const db = (overrides: ServiceOverrides = {}) => service("db", { step: 2, ...overrides });
const web = (image: string) =>
  service("web", { requires, container: { image: imageIdentity(image) } });

const TWO = [`${DEPLOYMENT}-db-1`, `${DEPLOYMENT}-db-2`];
const second = { id: "db-2-id", name: `${DEPLOYMENT}-db-2` };
const identity = { deployment: DEPLOYMENT, service: "db", instance: 2, kind: "service" } as const;

/** What waits for which instance of db to be healthy, where web has a new image. */
function waitsFor(wanted: ReturnType<typeof db>, there: readonly ReturnType<typeof running>[]) {
  const networks = [...new Set(wanted.container.networks.map(({ name }) => name))];
  const state = live({
    engine: {
      containers: [...there, running(web("web:1"))],
      networks: networks.map((name) => liveNetwork(name)),
    },
  });
  const { operations } = planDeployment(model({ services: [wanted, web("web:2")] }), state, {
    digest,
  });
  const start = operations.find(({ id }) => id === `container.start:${DEPLOYMENT}-web-1-next`);
  return {
    asked: operations
      .filter(({ kind, change }) => kind === "container.awaitReady" && change !== "service.web")
      .map(({ id, change, instance, after }) => ({ id, change, instance, after })),
    before: start?.after.filter((id) => id.includes(`${DEPLOYMENT}-db-`)),
  };
}

test("each instance of a required service is asked whether it is healthy", () => {
  const scaled = db({ containerNames: TWO });
  const { asked, before } = waitsFor(scaled, [
    running(scaled),
    running(scaled, { ...second, identity }),
  ]);
  expect(asked.map(({ id, instance }) => [id, instance])).toEqual([
    ["container.awaitReady:shop-db-1", "service.db.1"],
    ["container.awaitReady:shop-db-2", "service.db.2"],
  ]);
  expect(before).toEqual(asked.map(({ id }) => id));
});

test("where one instance of a required service is missing, the other one is asked all the same", () => {
  const scaled = db({ containerNames: TWO });
  const { asked, before } = waitsFor(scaled, [running(scaled)]);
  expect(asked.map(({ id, change }) => [id, change])).toEqual([
    ["container.awaitReady:shop-db-2", "service.db.2"],
    ["container.awaitReady:shop-db-1", undefined],
  ]);
  expect(before?.toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
});

test("a required service that joins a network is asked for its health after that", () => {
  const joined = db({
    container: { networks: ["shop", "back"].map((name) => ({ name, aliases: ["db"] })) },
  });
  const { asked, before } = waitsFor(joined, [running(db())]);
  expect(asked).toEqual([
    {
      id: "container.awaitReady:shop-db-1",
      change: undefined,
      instance: "service.db",
      after: ["network.connect:shop-db-1:back"],
    },
  ]);
  expect(before).toEqual(["network.connect:shop-db-1:back", "container.awaitReady:shop-db-1"]);
});

/** What a run shows while web gets a new image and db, which stays, has this health. */
async function shownWith(health: "healthy" | "unhealthy") {
  const world = new World();
  const checked = db({ container: { healthcheck } });
  await world.deploy(model({ services: [checked, web("web:1")] }));
  for (const container of world.engine.containers.values()) {
    if (container.identity.service === "db") container.health = health;
  }
  const plan = await world.plan(model({ services: [checked, web("web:2")] }));
  const lines: string[] = [];
  const output = { write: (text: string) => lines.push(text), isTerminal: false, columns: 80 };
  const onEvent = trackChanges(plan, lineProgress(output), () => 0);
  const verdict = judgeRun(plan, await world.apply(plan, { onEvent }), false);
  return { shown: lines.join(""), plan, verdict };
}

test("who reads along is told that a required service is waited for, and which one did not become healthy", async () => {
  const { shown, plan, verdict } = await shownWith("unhealthy");
  expect(shown).toBe("web: waiting for db to be healthy\nweb: skipped, db failed\n");
  expect(renderFailure(plan, verdict)).toBe(
    "  failed   db did not become healthy within 120 s (it is running)\n  skipped  web\n",
  );
  expect(failureOf(verdict)).toMatchObject({
    code: "SERVICE_NOT_READY",
    message: "db did not become healthy within 120 s (it is running)",
    exitCode: 6,
  });
});

test("nothing is told of a required service that is healthy", async () => {
  expect((await shownWith("healthy")).shown).toBe("web: replaced (0.0 s)\n");
});
