import { expect, test } from "vitest";
import { answerOnTerminal } from "../../helpers/answer-on-terminal.ts";
import { execIn, openSite, type Site } from "../../helpers/axon.ts";
import { startEngineProxy } from "../../helpers/recording-proxy.ts";
import { STORE_KINDS } from "../../helpers/stores.ts";
import { untilReady } from "../../helpers/until-ready.ts";
import { HELD_JOB, letGo, startHeldDeploy } from "./held-run.ts";

/** Nothing of `next` is begun until somebody opens `gate`. */
const GATED = `\
gate: {image: axon-example/sleeper, healthcheck: {test: test -e /go, interval: 200ms, retries: 1000}}
next: {image: axon-example/sleeper, require: {gate: healthy}}
`;

const FILE = `${HELD_JOB}service: {image: axon-example/sleeper}\n`;

async function containerIds(site: Site): Promise<string[]> {
  return (await site.containers()).map(({ Id }) => Id).sort();
}

/** Both containers are made, and one of them runs. */
async function waitsAtGate(site: Site): Promise<void> {
  const isThere = async () => {
    const states = (await site.containers()).map(({ State }) => State).sort();
    return states.join() === "created,running";
  };
  if (!(await untilReady(isThere))) throw new Error("the deployer does not come to the gate");
}

test.each(STORE_KINDS)(
  "a deployer that was frozen while another deployed by $name writes nothing afterwards, and exits with 9",
  async ({ start }) => {
    await using store = await start();
    await using engine = await startEngineProxy();
    await using site = openSite(GATED);
    const env = { AXON_LOCK_TTL: "10", AXON_KV: store.address };
    const args = ["deploy", "-D", site.deployment, "--yes"];
    const frozen = site.start(args, { ...env, DOCKER_HOST: `tcp://${engine.address}` });
    await waitsAtGate(site);
    const other = site.start(args, env);
    // Before it is frozen: from then on its lock does not last.
    await other.seen("waiting for");
    frozen.signal("SIGSTOP");
    await execIn(`${site.deployment}-gate-1`, ["touch", "/go"]);
    expect(await other.ended).toExitWith(0);
    const [keys, ids] = [await store.positions(), await containerIds(site)];
    expect(Object.keys(keys).join()).toContain(`axon/${site.deployment}/`);
    engine.forget();
    frozen.signal("SIGCONT");

    const { exitCode, stderr } = await frozen.ended;
    expect(exitCode).toBe(9);
    expect(stderr).toContain("error LOCK_LOST");
    expect(engine.mutations()).toEqual([]);
    expect(await store.positions()).toEqual(keys);
    expect(await containerIds(site)).toEqual(ids);
  },
);

test("a deployer whose lock was taken away by axon unlock exits with 9, and another can deploy", async () => {
  await using site = openSite(FILE);
  const holder = await startHeldDeploy(site, { AXON_USER: "ana" });
  const unlock = await site.axon(["unlock", "-D", site.deployment, "--yes"]);
  expect(unlock).toExitWith(0);
  expect(unlock.stdout).toMatch(/is locked by ana@\S+ \(axon deploy.*\nUnlocked\.\n/);

  const { exitCode, stderr } = await holder.ended;
  expect(exitCode).toBe(9);
  expect(stderr).toContain("error LOCK_LOST");
  const services = (await site.containers()).map(({ Labels }) => Labels["io.axon.service"]);
  expect(services).toEqual(["job"]);
  await letGo(site);
  await site.deploy();
});

test("unlock on a terminal shows the holder and asks; after a no the holder goes on to its end", async () => {
  await using site = openSite(HELD_JOB);
  const holder = await startHeldDeploy(site, { AXON_USER: "ana" });
  const unlock = ["unlock", "-D", site.deployment];
  const { exitCode, stdout } = await answerOnTerminal(site, unlock, "no");
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/is locked by ana@\S+ \(axon deploy.*Take the lock away\?/s);
  expect(stdout).toContain("error DECLINED");
  expect(stdout).not.toContain("Unlocked.");
  await letGo(site);
  expect(await holder.ended).toExitWith(0);
});

test("after a yes on the terminal the lock is gone, and its holder ends with 9", async () => {
  await using site = openSite(HELD_JOB);
  const holder = await startHeldDeploy(site);
  const unlock = ["unlock", "-D", site.deployment];
  const { exitCode, stdout } = await answerOnTerminal(site, unlock, "yes");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Unlocked.");
  const ended = await holder.ended;
  expect(ended).toExitWith(9);
  expect(ended.stderr).toContain("error LOCK_LOST");
});

test("unlock without a terminal needs --yes, and leaves the lock as it is", async () => {
  await using site = openSite(HELD_JOB);
  const holder = await startHeldDeploy(site);
  const unlock = await site.axon(["unlock", "-D", site.deployment]);
  expect(unlock).toExitWith(4);
  expect(unlock.stderr).toContain("--yes");
  await letGo(site);
  expect(await holder.ended).toExitWith(0);
});

test("unlock says so when nobody has the lock", async () => {
  await using site = openSite("service: {image: axon-example/sleeper}\n");
  await site.deploy();
  const { exitCode, stdout } = await site.axon(["unlock", "-D", site.deployment, "--yes"]);
  expect([exitCode, stdout]).toEqual([0, `${site.deployment} is not locked.\n`]);
});
