import { expect, test } from "vitest";
import { execIn, openSite } from "../../helpers/axon.ts";
import { HELD_JOB, letGo, startHeldDeploy } from "./held-run.ts";

test("five deploys at once are carried out one after the other, and each that waits names the holder", async () => {
  await using site = openSite();
  await site.deploy("service: {image: axon-example/sleeper, volumes: {data: /data}}\n");
  const numbers = [1, 2, 3, 4, 5];
  const deploys = numbers.map((number) => {
    site.write(
      `Servicefile.${number}`,
      `\
service:
  image: axon-example/sleeper
  volumes: {data: /data}
  bootstrap:
    work: {cmd: echo begin >>/data/log; sleep 0.5; echo end >>/data/log, env: {NUMBER: ${number}}}
`,
    );
    const args = ["deploy", "-f", `Servicefile.${number}`, "-D", site.deployment, "--yes"];
    return site.start(args, { AXON_USER: `deployer-${number}` });
  });
  const runs = await Promise.all(deploys.map(({ ended }) => ended));
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);

  const log = await execIn(`${site.deployment}-service-1`, ["cat", "/data/log"]);
  expect(log.trim().split(/\s+/)).toEqual(numbers.flatMap(() => ["begin", "end"]));
  const waited = runs.map(({ stderr }) =>
    stderr.match(/waiting for deployer-\d@\S+ \(axon deploy/g),
  );
  expect(waited.filter((lines) => lines === null).length).toBeLessThanOrEqual(1);
});

test("a deploy that must not wait exits with 7, names the holder and changes nothing", async () => {
  await using site = openSite(HELD_JOB);
  const holder = await startHeldDeploy(site, { AXON_USER: "ana" });
  site.write("Servicefile.other", `${HELD_JOB}other: {image: axon-example/sleeper}\n`);
  const other = ["deploy", "-f", "Servicefile.other", "-D", site.deployment, "--no-wait"];
  const refused = await site.axon(other);
  expect(refused).toExitWith(7);
  expect(refused.stderr).toMatch(/error LOCK_HELD: \S+ is locked by ana@\S+ \(axon deploy/);
  const names = (await site.containers()).map(({ Labels }) => Labels["io.axon.service"]);
  expect(names).toEqual(["job"]);
  await letGo(site);
  expect(await holder.ended).toExitWith(0);
});

test("a deploy that has waited for as long as it was told exits with 7", async () => {
  await using site = openSite(HELD_JOB);
  const holder = await startHeldDeploy(site);
  const waiting = ["deploy", "-D", site.deployment, "--lock-timeout", "1"];
  expect(await site.axon(waiting)).toExitWith(7);
  await letGo(site);
  await holder.ended;
});

test("plan takes no lock and tells who deploys right now", async () => {
  await using site = openSite(HELD_JOB);
  const holder = await startHeldDeploy(site, { AXON_USER: "ana" });
  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan).toExitWith(0);
  expect(plan.stdout).toMatch(/ana@\S+ \(axon deploy, process \d+\) since \S+ deploys right now/);
  await letGo(site);
  await holder.ended;
});

test("a deploy that is killed gives its lock to the one that waits, and its job is not begun again", async () => {
  await using site = openSite(HELD_JOB);
  const short = { AXON_LOCK_TTL: "10" };
  const holder = await startHeldDeploy(site, { ...short, AXON_USER: "ana" });
  const [job] = await site.containers();
  holder.signal("SIGKILL");
  await holder.ended;
  const killed = performance.now();

  const next = site.start(["deploy", "-D", site.deployment, "--yes"], short);
  await next.seen("waiting for ana@");
  // The whole job is told again by whoever takes it over.
  await next.seen("job | holding");
  const seconds = (performance.now() - killed) / 1000;
  expect(seconds).toBeLessThan(2 * 10 + 10);
  expect((await site.containers()).map(({ Id }) => Id)).toEqual([job?.Id]);
  await letGo(site);
  expect(await next.ended).toExitWith(0);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});
