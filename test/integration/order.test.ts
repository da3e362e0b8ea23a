import { once } from "node:events";
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { expect, test } from "vitest";
import { execIn, openSite } from "../helpers/axon.ts";
import type { EngineEvent } from "../helpers/engine-events.ts";
import type { Running } from "../helpers/run-axon.ts";

/** Where in the run something happened; fails when it did not. */
function at(events: readonly EngineEvent[], of: string, action: string): number {
  const found = events.findIndex((event) => event.of === of && event.action === action);
  if (found < 0) throw new Error(`${of} has no ${action} in ${JSON.stringify(events)}`);
  return found;
}

/** Resolves when the service's container has been started; fails when the deploy ends before that. */
async function started(name: string, deploy: Running): Promise<void> {
  const filters = { container: [name], event: ["start"] };
  const stream = await new Docker().getEvents({ filters, since: 1 as never });
  const isUp = once(stream, "data").then(() => undefined);
  const ended = await Promise.race([isUp, deploy.ended]);
  (stream as Readable).destroy();
  if (ended) throw new Error(`${name} never started:\n${ended.stdout}\n${ended.stderr}`);
}

/** Becomes healthy only when somebody makes /ready in it. */
const GATED =
  "image: axon-example/sleeper, healthcheck: {test: test -e /ready, interval: 200ms, retries: 500}";
const SLEEPER = "image: axon-example/sleeper";

test("all of one step is up and healthy before the next one begins", async () => {
  await using site = openSite(`\
first: {${GATED}, step: 1}
second: {${SLEEPER}, step: 2}
last: {${SLEEPER}, step: 5}
`);
  const deploy = site.start(["deploy", "-D", site.deployment]);
  await started(`${site.deployment}-first-1`, deploy);
  await execIn(`${site.deployment}-first-1`, ["touch", "/ready"]);
  expect(await deploy.ended).toExitWith(0);
  const events = await site.events();
  const order = [
    at(events, "first", "start"),
    at(events, "first", "health_status: healthy"),
    at(events, "second", "start"),
    at(events, "last", "start"),
  ];
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("a service that requires another to be healthy starts after it is", async () => {
  await using site = openSite(`\
a: {${SLEEPER}, require: {b: healthy}}
b: {${GATED}}
`);
  const deploy = site.start(["deploy", "-D", site.deployment]);
  await started(`${site.deployment}-b-1`, deploy);
  expect((await site.inspect("a").catch(() => undefined))?.State.Running ?? false).toBe(false);
  await execIn(`${site.deployment}-b-1`, ["touch", "/ready"]);
  expect(await deploy.ended).toExitWith(0);
  const events = await site.events();
  expect(at(events, "a", "start")).toBeGreaterThan(at(events, "b", "health_status: healthy"));
});

test("a service that requires another to be started starts after it", async () => {
  await using site = openSite(`\
a: {${SLEEPER}, require: b}
b: {${SLEEPER}, require: {c: started}}
c: {${SLEEPER}}
`);
  await site.deploy();
  const events = await site.events();
  const order = ["c", "b", "a"].map((name) => at(events, name, "start"));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
});

test("a service that requires a one-shot to be completed starts after it has ended", async () => {
  await using site = openSite(`\
a: {${SLEEPER}, require: {job: completed, b.fill: completed}}
b: {${SLEEPER}, step: 3, bootstrap: {fill: "true"}}
job: {${SLEEPER}, step: 4, detach: false, cmd: "true"}
`);
  await site.deploy();
  const events = await site.events();
  expect(at(events, "a", "start")).toBeGreaterThan(at(events, "job", "die"));
  expect(at(events, "a", "start")).toBeGreaterThan(at(events, "b.fill", "die"));
});

test("what waits for nothing is not held up by what waits", async () => {
  await using site = openSite(`\
free: {${SLEEPER}}
gated: {${GATED}}
waiting: {${SLEEPER}, require: {gated: healthy}}
`);
  const deploy = site.start(["deploy", "-D", site.deployment]);
  await deploy.seen("free: created");
  await execIn(`${site.deployment}-gated-1`, ["touch", "/ready"]);
  expect(await deploy.ended).toExitWith(0);
  const events = await site.events();
  expect(at(events, "free", "start")).toBeLessThan(at(events, "gated", "health_status: healthy"));
});

test("a service with detach: false is a one-shot: it runs to its end, once, in its step", async () => {
  await using site = openSite(`\
early: {${SLEEPER}, step: 1}
job: {${SLEEPER}, detach: false, cmd: echo worked}
late: {${SLEEPER}}
`);
  const { stderr } = await site.deploy();
  expect(stderr).toContain("job | worked");
  const events = await site.events();
  const order = [
    at(events, "early", "start"),
    at(events, "job", "start"),
    at(events, "job", "die"),
    at(events, "late", "start"),
  ];
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect((await site.containers()).map(({ Labels }) => Labels["io.axon.service"]).sort()).toEqual([
    "early",
    "late",
  ]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});
