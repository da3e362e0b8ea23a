import { expect, test } from "vitest";
import { execIn, openSite, type Site } from "../../helpers/axon.ts";
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
  const holders = runs.map(({ stderr }) =>
    [...stderr.matchAll(/waiting for deployer-(\d)@\S+ \(axon deploy/g)].map(([, named]) => named),
  );
  expect(holders.filter(({ length }) => length === 0).length).toBeLessThanOrEqual(1);
  expect(holders.map((named, at) => named.includes(String(numbers[at])))).toEqual(
    numbers.map(() => false),
  );
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

test("what the holder changed is planned again by the one that waited, shown, and asked about anew", async () => {
  const file = (version: string) =>
    `${HELD_JOB}service: {image: axon-example/sleeper, env: {V: ${version}}}\n`;
  await using site = openSite();
  await site.deploy("service: {image: axon-example/sleeper, env: {V: one}}\n");
  site.write("Servicefile", file("two"));
  const holder = await startHeldDeploy(site);
  site.write("Servicefile.other", `${file("one")}other: {image: axon-example/sleeper}\n`);
  // Only adds, so nobody needs to agree to it.
  const waiting = site.start(["deploy", "-f", "Servicefile.other", "-D", site.deployment]);
  await waiting.seen("waiting for");
  await letGo(site);
  expect(await holder.ended).toExitWith(0);

  const { exitCode, stdout, stderr } = await waiting.ended;
  expect(exitCode).toBe(4);
  expect(stderr).toContain("error ANSWER_NEEDED");
  const [first, now] = stdout.split("\nSomebody else changed it meanwhile. The plan is now:\n\n");
  expect(first).toMatch(/^ *\+ other +create/m);
  expect(first).not.toContain("env.V");
  expect(now).toMatch(/^ *\+ other +create/m);
  expect(now).toMatch(/^ *\S+ service +replace/m);
  expect(now).toMatch(/^ *env\.V: "two" -> "one" {2}# .*forces replacement$/m);
  expect((await site.inspect("service")).Config.Env).toContain("V=two");
  const names = (await site.containers()).map(({ Labels }) => Labels["io.axon.service"]);
  expect(names).toEqual(["service"]);
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
  const session = await lockSession(site);
  const killed = Date.now();
  holder.signal("SIGKILL");
  const gone = sessionGone(site, session);
  await holder.ended;

  const next = site.start(["deploy", "-D", site.deployment, "--yes"], short);
  await next.seen("waiting for ana@");
  // Twice the time to live is what is promised; the rest is what a busy machine takes to say so.
  expect((await gone) - killed).toBeLessThan(2 * 10_000 + 5_000);
  // The whole job is told again by whoever takes it over.
  await next.seen("job | holding");
  expect((await site.containers()).map(({ Id }) => Id)).toEqual([job?.Id]);
  await letGo(site);
  expect(await next.ended).toExitWith(0);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

async function lockSession(site: Site): Promise<string> {
  const answer = await site.askStore(`kv/axon/${site.deployment}/state/lock`);
  const [{ Session = "" } = {}] = (await answer.json()) as { Session?: string }[];
  return Session;
}

/** When, by the store's own clock. */
async function sessionGone(site: Site, id: string): Promise<number> {
  let [index, wasThere] = ["0", false];
  for (;;) {
    const answer = await site.askStore(`session/list?index=${index}&wait=60s`);
    const sessions = (await answer.json()) as { ID: string }[];
    const isThere = sessions.some(({ ID }) => ID === id);
    if (wasThere && !isThere) return Date.parse(answer.headers.get("date") ?? "");
    expect(isThere).toBe(true);
    wasThere = true;
    index = answer.headers.get("x-consul-index") ?? "0";
  }
}
