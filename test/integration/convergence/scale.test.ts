import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { type EngineEvent, followEvents } from "../../helpers/engine-events.ts";

const HEALTH = 'healthcheck: {test: "true", interval: 500ms}';

function file(scale: number, more = ""): string {
  return `service: {image: axon-example/sleeper, scale: ${scale}, ${HEALTH}${more}}\n`;
}

/** Canonical name to id. */
async function instances(site: Site): Promise<Record<string, string>> {
  const containers = await site.containers();
  return Object.fromEntries(containers.map(({ Names, Id }) => [Names[0]?.slice(1), Id]));
}

function named({ deployment }: Site, numbers: readonly number[]): string[] {
  return numbers.map((number) => `${deployment}-service-${number}`);
}

for (const [order, atLeast] of [
  ["stop-first", 2],
  ["start-first", 3],
] as const) {
  test(`three instances that are replaced ${order} are never fewer than ${atLeast} that are healthy`, async () => {
    await using site = openSite();
    const edition = (name: string) =>
      file(3, `, update: {order: ${order}}, env: {EDITION: ${name}}`);
    await site.deploy(edition("one"));
    const before = await instances(site);
    expect(Object.keys(before).sort()).toEqual(named(site, [1, 2, 3]));
    await using followed = await followEvents(site.docker, site.deployment);
    await site.deploy(edition("two"));
    const after = await instances(site);
    expect(Object.keys(after).sort()).toEqual(named(site, [1, 2, 3]));

    const old = Object.values(before);
    const areGone = (events: readonly EngineEvent[]) =>
      old.every((id) => events.some((e) => e.container === id && e.action === "destroy"));
    expect(fewestHealthy(old, await followed.until(areGone))).toBe(atLeast);
  });
}

test("an instance that is missing is there again before another one is replaced: two of three are healthy all the time", async () => {
  await using site = openSite();
  const edition = (name: string) =>
    file(3, `, update: {order: stop-first}, env: {EDITION: ${name}}`);
  await site.deploy(edition("one"));
  const [first, ...others] = named(site, [1, 2, 3]);
  const before = await instances(site);
  await site.docker.getContainer(before[first ?? ""] ?? "").remove({ force: true });
  await using followed = await followEvents(site.docker, site.deployment);
  await site.deploy(edition("two"));
  const old = others.map((name) => before[name] ?? "");
  const areGone = (events: readonly EngineEvent[]) =>
    old.every((id) => events.some((e) => e.container === id && e.action === "destroy"));
  expect(fewestHealthy(old, await followed.until(areGone))).toBe(2);
});

/** How many containers were healthy when the fewest were. One that has got its stop signal counts no more. */
function fewestHealthy(atFirst: readonly string[], events: readonly EngineEvent[]): number {
  const healthy = new Set(atFirst);
  let fewest = healthy.size;
  for (const { action, container } of events) {
    if (action === "health_status: healthy") healthy.add(container);
    if (["health_status: unhealthy", "kill", "die"].includes(action)) healthy.delete(container);
    fewest = Math.min(fewest, healthy.size);
  }
  return fewest;
}

test("scaling down removes the instances with the highest numbers, and scaling up makes them again", async () => {
  await using site = openSite();
  await site.deploy(file(3));
  const three = await instances(site);
  const down = await site.deploy(file(1));
  expect(down.stdout).toMatch(/- service\.2 +remove +# scale is 1\n +- service\.3 +remove/);
  const [first] = named(site, [1]);
  expect(await instances(site)).toEqual({ [first ?? ""]: three[first ?? ""] });

  await site.deploy(file(2));
  const two = await instances(site);
  expect(Object.keys(two).sort()).toEqual(named(site, [1, 2]));
  expect(two[first ?? ""]).toBe(three[first ?? ""]);
});

test("a new version that is not good is given up at the first of three instances", async () => {
  await using site = openSite();
  await site.deploy(file(3));
  const before = await instances(site);
  await using followed = await followEvents(site.docker, site.deployment);
  site.write("Servicefile", file(3, ", cmd: exit 7"));
  expect(await site.axon(["deploy", "-D", site.deployment, "--yes"])).toExitWith(5);
  expect(await instances(site)).toEqual(before);
  const events = await followed.until((seen) => seen.some(({ action }) => action === "destroy"));
  expect(events.filter(({ action }) => action === "create")).toHaveLength(1);
});
