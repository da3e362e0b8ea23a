import { expect, test } from "vitest";
import { execIn, openSite, type Site, startsOf } from "../helpers/axon.ts";

const KEYSTONE = 'Config: {endpoints/keystone: "keystone.example.org:5000"}\n';

async function dbSyncRuns(site: Site): Promise<string | undefined> {
  const key = `axon/${site.deployment}/config/nova/db-sync-runs`;
  return (await site.keys(key))[key];
}

test("the bootstrap of an image runs in the foreground before its services, and its output is seen", async () => {
  await using site = openSite(`${KEYSTONE}
api: {image: axon-example/nova}
scheduler: {image: axon-example/nova}
`);
  const { stderr } = await site.deploy();
  expect(stderr).toContain("api.db-sync | migrating, run 1");
  const events = await site.events();
  const ended = events.findIndex(({ of, action }) => of === "api.db-sync" && action === "die");
  const services = events.filter(
    ({ of, action }, at) => at > ended && ["api", "scheduler"].includes(of) && action === "start",
  );
  expect(events[ended]).toMatchObject({ exitCode: 0 });
  expect(services).toHaveLength(2);
  expect(events.filter(({ of, action }) => of === "api" && action === "start")).toHaveLength(1);
});

test("the output of a one-shot is shown while it runs", async () => {
  await using site = openSite(`\
job:
  image: axon-example/sleeper
  detach: false
  cmd: echo begun; until [ -e /go ]; do sleep 0.1; done; echo finished
`);
  const deploy = site.start(["deploy", "-D", site.deployment]);
  await deploy.seen("job | begun");
  const [running] = await site.containers();
  expect(running?.State).toBe("running");
  await execIn(`${site.deployment}-job`, ["touch", "/go"]);
  const { exitCode, stderr } = await deploy.ended;
  expect(exitCode).toBe(0);
  expect(stderr).toContain("job | finished");
});

test("both streams of a one-shot are shown, on stderr", async () => {
  await using site = openSite(`\
job: {image: axon-example/sleeper, detach: false, cmd: "echo to-stdout; echo to-stderr >&2"}
`);
  const { stdout, stderr } = await site.deploy();
  expect(stderr).toContain("job | to-stdout");
  expect(stderr).toContain("job | to-stderr");
  expect(stdout).not.toContain("to-std");
});

test("a bootstrap that exits 3 stops all that comes after it, and the next deploy runs it again", async () => {
  await using site = openSite(
    `${KEYSTONE}scheduler: {image: "axon-example/nova:bootstrap-fails"}\n`,
  );
  const failed = await site.axon(["deploy", "-D", site.deployment]);
  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("migration 042 failed: table instances is locked");
  expect(failed.stderr).toContain("error TASK_FAILED: scheduler.db-sync exited with code 3");
  expect(failed.stderr).toMatch(/skipped +scheduler$/m);
  expect(await site.containers()).toEqual([]);
  expect(await dbSyncRuns(site)).toBe("1");

  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout).toContain("last run failed (exit 3)");
  expect(await site.axon(["deploy", "-D", site.deployment])).toExitWith(6);
  expect(await dbSyncRuns(site)).toBe("2");
});

test("a bootstrap that failed and then succeeds is not run a third time", async () => {
  await using site = openSite();
  const file = (exit: number) => `${KEYSTONE}
scheduler: {image: "axon-example/nova:bootstrap-fails", env: {DB_SYNC_EXIT: ${exit}}}
`;
  site.write("Servicefile", file(1));
  expect(await site.axon(["deploy", "-D", site.deployment])).toExitWith(6);
  await site.deploy(file(0));
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  expect(await dbSyncRuns(site)).toBe("2");
});

test("a one-shot whose command changed runs again, and its service stays as it is", async () => {
  await using site = openSite();
  const file = (word: string) => `\
service: {image: axon-example/sleeper, bootstrap: {greet: echo ${word}}}
`;
  await site.deploy(file("hello"));
  const { Id } = await site.inspect("service");
  const { stderr, stdout } = await site.deploy(file("goodbye"));
  expect(stderr).toContain("service.greet | goodbye");
  expect(stdout).toContain("command changed");
  expect((await site.inspect("service")).Id).toBe(Id);
});

test("an exit code that the file accepts is a success", async () => {
  await using site = openSite(`\
service:
  image: axon-example/sleeper
  bootstrap: {check: {cmd: exit 4, exit_codes: [0, 4]}}
`);
  await site.deploy();
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a bootstrap that takes too long is stopped, and counts as failed", async () => {
  await using site = openSite(`\
service: {image: axon-example/sleeper, bootstrap: {wait: {cmd: [/bin/sleeper], timeout: 1s}}}
`);
  const failed = await site.axon(["deploy", "-D", site.deployment]);
  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("error TASK_TIMEOUT: service.wait did not end within 1 s");
  expect(await site.containers()).toEqual([]);
});

test("run: once is never repeated, run: always is with every deploy", async () => {
  await using site = openSite();
  const file = (word: string) => `\
service:
  image: axon-example/sleeper
  bootstrap: {first: {cmd: echo first ${word}, run: once}, each: {cmd: echo each, run: always}}
`;
  for (const [at, word] of ["one", "two", "two"].entries()) {
    await site.deploy(file(word));
    expect(await startsOf(site, "service.first")).toBe(1);
    expect(await startsOf(site, "service.each")).toBe(at + 1);
  }
});

test("the records of one-shots hold no secret in clear", async () => {
  await using site = openSite(`\
Env: {DB_PASSWORD: opensesame}
job: {image: axon-example/sleeper, detach: false, cmd: "true"}
`);
  await site.deploy();
  const state = await site.keys(`axon/${site.deployment}/state/`);
  expect(Object.keys(state)).toContain(`axon/${site.deployment}/state/tasks/job`);
  expect(JSON.stringify(state)).not.toContain("opensesame");
});

test("a one-shot sees the environment and the volumes of its service", async () => {
  await using site = openSite(`\
Env: {BRANDING: Company Ltd.}
service:
  image: axon-example/sleeper
  env: {COLOUR: green}
  volumes: {data: /data}
  bootstrap: {fill: {cmd: 'echo "$BRANDING $COLOUR $SIZE" >/data/seen', env: {SIZE: large}}}
`);
  await site.deploy();
  const seen = await execIn(`${site.deployment}-service-1`, ["cat", "/data/seen"]);
  expect(seen.trim()).toBe("Company Ltd. green large");
});

test("a one-shot of Exec runs once before what requires it, and again when its inputs changed", async () => {
  await using site = openSite();
  const file = (word: string) => `\
Exec:
  InitAssets: {service: forum, cmd: 'echo "$NAME ${word}" >>/data/seen; cat /data/seen', require: db}
forum:
  image: axon-example/sleeper
  env: {NAME: forum}
  volumes: {data: /data}
  require: InitAssets
db: {image: axon-example/sleeper, step: 3}
`;
  const first = await site.deploy(file("one"));
  expect(first.stderr).toContain("InitAssets | forum one");
  const begun = (await site.events()).filter(({ action }) => action === "start");
  expect(begun.map(({ of }) => of)).toEqual(["db", "InitAssets", "forum"]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  const { Id } = await site.inspect("forum");
  const { stdout } = await site.deploy(file("two"));
  expect(stdout).toMatch(/> +InitAssets +run +# command changed/);
  expect(await execIn(`${site.deployment}-forum-1`, ["cat", "/data/seen"])).toBe(
    "forum one\r\nforum two\r\n",
  );
  expect((await site.inspect("forum")).Id).toBe(Id);
});

test("a one-shot of Exec that fails keeps back what requires it, and only that", async () => {
  await using site = openSite();
  const file = (exit: number) => `\
Exec: {Prepare: {service: web, cmd: exit ${exit}, require: db, step: 4}}
web: {image: axon-example/sleeper, require: Prepare}
db: {image: axon-example/sleeper}
`;
  site.write("Servicefile", file(7));
  const failed = await site.axon(["deploy", "-D", site.deployment]);
  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("error TASK_FAILED: Prepare exited with code 7");
  expect((await site.containers()).map(({ Names }) => Names)).toEqual([
    [`/${site.deployment}-db-1`],
  ]);
  await site.deploy(file(0));
  expect((await site.containers()).length).toBe(2);
});
