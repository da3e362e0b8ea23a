import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import type { Run } from "../../helpers/run-axon.ts";
import { untilReady } from "../../helpers/until-ready.ts";
import { answerOf, CLIENT } from "./client-service.ts";
import { answering, WEB_HEALTH } from "./web-service.ts";

const MANY_LINES = 'for n in $(seq 80); do echo "line $n."; done';

const CASES = [
  {
    title: "cannot be created",
    changes: "cpus: 100000, env: {EDITION: two}",
    health: WEB_HEALTH,
    says: "CPUs",
    hasLogs: false,
  },
  {
    title: "cannot start",
    changes: "entrypoint: [/no/such/program]",
    health: WEB_HEALTH,
    says: "/no/such/program",
    hasLogs: false,
  },
  {
    title: "dies after a second",
    changes: `cmd: '${MANY_LINES}; sleep 1; exit 7'`,
    health: 'restart: "no", healthcheck: {test: exit 1, interval: 200ms, retries: 1000}',
    says: "ended with exit code 7",
    hasLogs: true,
  },
  {
    title: "turns out to be unhealthy",
    changes: `cmd: '${MANY_LINES}; exec sleeper'`,
    health: WEB_HEALTH,
    says: "is unhealthy",
    hasLogs: true,
  },
  {
    title: "is not ready in time, although nothing else is wrong with it",
    changes: `cmd: '${MANY_LINES}; exec sleeper'`,
    health: "healthcheck: {test: exit 1, interval: 200ms, start_period: 1h}",
    timeout: "4s",
    says: "did not become healthy within 4 s",
    hasLogs: true,
  },
];

interface Version {
  readonly order: string;
  readonly changes: string;
  readonly health?: string;
  /** How long it may take to become ready. */
  readonly timeout?: string | undefined;
}

function file({ order, changes, health = WEB_HEALTH, timeout = "60s" }: Version): string {
  const cmd = changes.includes("cmd:") ? "" : `cmd: "${answering("two")}", `;
  return `\
${CLIENT}
service:
  {image: axon-example/sleeper, update: {order: ${order}, timeout: ${timeout}}, ${health},
   ${cmd}${changes}}
`;
}

const good = (order: string) => file({ order, changes: `cmd: "${answering("one")}"` });

async function deployBadly(site: Site, text: string): Promise<Run> {
  site.write("Servicefile", text);
  return site.axon(["deploy", "-D", site.deployment, "--yes"]);
}

async function expectOldServes(site: Site, id: string): Promise<void> {
  expect(await site.inspect("service")).toMatchObject({ Id: id, State: { Running: true } });
  expect(await answerOf(site, "service")).toBe("one");
  expect(await site.containers()).toHaveLength(2);
}

async function expectShownAgain(site: Site): Promise<void> {
  const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
  expect(plan).toExitWith(2);
  expect(plan.stdout).toMatch(/^ *(\+\/-|-\/\+) service /m);
}

for (const order of ["start-first", "stop-first"]) {
  describe(`${order}: the old container serves again, with the same id, when the new one`, () => {
    for (const { title, changes, health, timeout, says, hasLogs } of CASES) {
      test(title, async () => {
        await using site = openSite();
        await site.deploy(good(order));
        const before = await site.inspect("service");
        const failed = await deployBadly(site, file({ order, changes, health, timeout }));

        expect(failed).toExitWith(5);
        expect(failed.stderr).toContain("error ROLLED_BACK");
        expect(failed.stderr).toContain(says);
        if (hasLogs) expect(linesShown(failed)).toEqual(lastOf(80, 50));
        await expectOldServes(site, before.Id);
        if (order === "start-first") {
          const { State } = await site.inspect("service");
          expect(State.StartedAt).toBe(before.State.StartedAt);
        }
        await expectShownAgain(site);
      });
    }
  });
}

test("the old container serves again when the new one, whose health nothing looks at, dies after a second", async () => {
  await using site = openSite();
  const health = 'restart: "no", healthcheck: {disable: true}';
  const version = (cmd: string) => file({ order: "auto", changes: `cmd: "${cmd}"`, health });
  await site.deploy(version(answering("one")));
  const before = await site.inspect("service");
  const failed = await deployBadly(site, version("sleep 1; exit 7"));

  expect(failed).toExitWith(5);
  expect(failed.stderr).toContain("ended with exit code 7");
  await expectOldServes(site, before.Id);
  await expectShownAgain(site);
});

test("one that failed, is kept and runs now does not count as good: the next plan replaces the old one again", async () => {
  await using site = openSite();
  const version = (cmd: string) =>
    `service: {image: axon-example/sleeper, update: {on_failure: stop, timeout: 2s}, cmd: "${cmd}"}\n`;
  await site.deploy(version(answering("one")));
  const before = await site.inspect("service");
  // The engine takes longer over six restarts than the deploy waits.
  const dying = version(
    "echo >>/runs; if [ $(wc -l </runs) -gt 6 ]; then exec sleeper; fi; exit 7",
  );
  expect(await deployBadly(site, dying)).toExitWith(6);
  const next = site.docker.getContainer(`${site.deployment}-service-1-next`);
  const isUp = async () => {
    const { RestartCount, State } = await next.inspect();
    return RestartCount === 6 && State.Status === "running";
  };
  expect(await untilReady(isUp)).toBe(true);

  await expectShownAgain(site);
  expect(await deployBadly(site, dying)).toExitWith(6);
  expect(await site.inspect("service")).toMatchObject({ Id: before.Id });
});

const SICK = `cmd: '${MANY_LINES}; exec sleeper'`;

for (const way of ["stop", "pause"] as const) {
  test(`an old container that did not run (${way}) is started again when the new one fails`, async () => {
    await using site = openSite();
    await site.deploy(good("stop-first"));
    const before = await site.inspect("service");
    await site.docker.getContainer(before.Id)[way]();
    const failed = await deployBadly(site, file({ order: "stop-first", changes: SICK }));

    expect(failed).toExitWith(5);
    await expectOldServes(site, before.Id);
    expect((await site.inspect("service")).State.Paused).toBe(false);
    await expectShownAgain(site);
  });
}

test("nobody says that an old container serves which ends again", async () => {
  await using site = openSite();
  const once = `test -e /ran && exit 3; touch /ran; ${answering("one")}`;
  const version = (changes: string) =>
    file({ order: "stop-first", changes: `restart: "no", ${changes}` });
  await site.deploy(version(`cmd: "${once}"`));
  const before = await site.inspect("service");
  await site.docker.getContainer(before.Id).stop();
  const failed = await deployBadly(site, version(SICK));

  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("service ended with exit code 3");
  expect(failed.stderr).not.toContain("serves");
  expect((await site.inspect("service")).Id).toBe(before.Id);
});

/** Numbers of the lines of MANY_LINES that were shown. */
function linesShown({ stderr }: Run): number[] {
  return [...stderr.matchAll(/\bline (\d+)\./g)].map(([, number]) => Number(number));
}

function lastOf(lines: number, shown: number): number[] {
  return [...Array(shown)].map((_, at) => lines - shown + 1 + at);
}

test("the old container serves again when the new one loses its host port to somebody else", async () => {
  const somebody = createServer().listen(0, "127.0.0.1");
  await once(somebody, "listening");
  const { port } = somebody.address() as AddressInfo;
  await using site = openSite();
  const publish = (host: number) =>
    file({
      order: "stop-first",
      changes: `cmd: "${answering("one")}", publish: {"127.0.0.1:${host}": 80}`,
    });
  await site.deploy(publish(0));
  const before = await site.inspect("service");
  const failed = await deployBadly(site, publish(port));
  somebody.close();

  expect(failed).toExitWith(5);
  expect(failed.stderr).toContain(String(port));
  await expectOldServes(site, before.Id);
  await expectShownAgain(site);
});

for (const { title, changes, health, timeout, says } of CASES) {
  test(`a first deployment that ${title} exits with 6, and the next plan shows it again`, async () => {
    await using site = openSite();
    const failed = await deployBadly(site, file({ order: "auto", changes, health, timeout }));
    expect(failed).toExitWith(6);
    expect(failed.stderr).toContain(says);
    const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
    expect(plan).toExitWith(2);
    expect(plan.stdout).toMatch(/ service /);
    await site.deploy(good("auto"));
    expect(await answerOf(site, "service")).toBe("one");
  });
}
