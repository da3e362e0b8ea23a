import { expect, test } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import { runPlan } from "../../../src/cli/run-plan.ts";
import { AxonError } from "../../../src/errors.ts";
import type { DeploymentLock } from "../../../src/state/held-lock.ts";
import { model, service } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

test("what is left out because the lock was lost is not done, although nothing has failed", async () => {
  const world = new World();
  const services = [service("db", { step: 1 }), service("web", { step: 2 })];
  const plan = await world.plan(model({ services }));
  const lose = new AbortController();
  const write = (text: string) => {
    if (text.startsWith("db: created")) lose.abort(new AxonError("LOCK_LOST", "it is lost"));
  };
  const lock: Partial<DeploymentLock> = { lost: lose.signal, check: () => {} };
  const { signal } = new AbortController();
  const context: Partial<Context> = {
    env: {},
    stderr: { isTerminal: false, columns: 80, write },
    stop: signal,
    abort: signal,
    now: () => new Date(0),
  };
  const run = { plan, engine: world.engine, store: world.store, lock: lock as DeploymentLock };
  const verdict = await runPlan(run, context as Context);
  expect(verdict.skipped).toContain("service.web");
  expect(verdict.failed).toEqual([]);
  expect(verdict.exitCode).toBe(130);
});
