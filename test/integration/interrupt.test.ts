import { expect, test } from "vitest";
import { execIn, openSite } from "../helpers/axon.ts";
import { followEvents } from "../helpers/engine-events.ts";

const SLEEPER = "image: axon-example/sleeper";

/** A one-shot that goes on until somebody makes /go in it. */
const file = `\
job: {${SLEEPER}, detach: false, cmd: 'echo begun; until [ -e /go ]; do sleep 0.1; done; echo over'}
after: {${SLEEPER}}
`;

test("an interrupted deploy finishes what is in flight, starts no more, and tells what is not done", async () => {
  await using site = openSite(file);
  const deploy = site.start(["deploy", "-D", site.deployment]);
  await deploy.seen("job | begun");
  deploy.signal("SIGINT");
  await execIn(`${site.deployment}-job`, ["touch", "/go"]);
  const { exitCode, stderr } = await deploy.ended;
  expect(exitCode).toBe(130);
  expect(stderr).toContain("job | over");
  expect(stderr).toMatch(/^ +done +job$/m);
  expect(stderr).toMatch(/^ +skipped +after$/m);
  expect(stderr).toContain("error INTERRUPTED");
  expect(await site.containers()).toEqual([]);

  const finish = await site.deploy();
  expect(finish.stderr).not.toContain("job |");
  expect((await site.containers()).map(({ State }) => State)).toEqual(["running"]);
});

test("a second interrupt ends the deploy at once, and the next one takes over the one-shot that still runs", async () => {
  await using site = openSite(file);
  const deploy = site.start(["deploy", "-D", site.deployment]);
  await deploy.seen("job | begun");
  deploy.signal("SIGINT");
  deploy.signal("SIGTERM");
  expect(await deploy.ended).toExitWith(130);

  const again = site.start(["deploy", "-D", site.deployment]);
  await again.seen("job | begun");
  await execIn(`${site.deployment}-job`, ["touch", "/go"]);
  const { exitCode, stderr } = await again.ended;
  expect(exitCode).toBe(0);
  expect(stderr).toContain("job | over");
  const made = (await site.events()).filter(
    ({ of, action }) => of === "job" && action === "create",
  );
  expect(made).toHaveLength(1);
});

test("an interrupt while a service is replaced leaves the old version running under its name", async () => {
  await using site = openSite();
  const version = (v: string) =>
    `service: {${SLEEPER}, env: {V: ${v}}, healthcheck: {test: test -e /ready, interval: 200ms, retries: 500}}\n`;
  await site.deploy(version("one").replace("test -e /ready", "exit 0"));
  const { Id } = await site.inspect("service");
  site.write("Servicefile", version("two"));
  await using followed = await followEvents(site.docker, site.deployment);
  const deploy = site.start(["deploy", "-D", site.deployment, "--yes"]);
  await followed.until((events) => events.some(({ action }) => action === "start"));
  deploy.signal("SIGINT");
  await deploy.signalsTaken();
  await execIn(`${site.deployment}-service-1-next`, ["touch", "/ready"]);

  expect(await deploy.ended).toExitWith(130);
  expect(await site.inspect("service")).toMatchObject({ Id, State: { Running: true } });
  expect(await site.containers()).toHaveLength(1);
  const { stdout } = await site.axon(["plan", "-D", site.deployment]);
  expect(stdout).toMatch(/^note: the axon deploy of .+ was cut off:/m);
});

test("ctrl-c on a terminal lets a one-shot end, tells what is not done, and frees the lock", async () => {
  await using site = openSite(file);
  const deploy = site.startOnTerminal(["deploy", "-D", site.deployment]);
  await deploy.seen("begun");
  deploy.type("\u0003");
  await execIn(`${site.deployment}-job`, ["touch", "/go"]);
  const { exitCode, stdout: screen } = await deploy.ended;
  expect(screen).toContain("over");
  expect(screen).toContain("error INTERRUPTED");
  expect(exitCode).toBe(130);
  const lock = await site.axon(["unlock", "-D", site.deployment]);
  expect(lock.stdout).toContain("is not locked");
});
