import { expect, test } from "vitest";
import { openSite, startsOf } from "../../helpers/axon.ts";
import { HELD_JOB, letGo } from "./held-run.ts";

test("two deployers that start at the same moment run a one-shot once", async () => {
  await using site = openSite();
  await site.deploy("other: {image: axon-example/sleeper}\n");
  site.write(
    "Servicefile",
    `${HELD_JOB}web: {image: axon-example/sleeper, bootstrap: {prepare: {cmd: "true", scope: deployment}}}\n`,
  );
  const deploys = [1, 2].map(() => site.start(["deploy", "-D", site.deployment, "--yes"]));
  // One has the lock and is at the job; the other has planned to run it, too.
  await Promise.any(deploys.map((deploy) => deploy.seen("waiting for")));
  await Promise.any(deploys.map((deploy) => deploy.seen("job | holding")));
  await letGo(site);
  const runs = await Promise.all(deploys.map(({ ended }) => ended));
  for (const run of runs) expect(run).toExitWith(0);
  expect(await startsOf(site, "job")).toBe(1);
  expect(await startsOf(site, "web.prepare")).toBe(1);
});

test("what a one-shot reads, changed: it runs once; not changed: never, though what it ran for is removed", async () => {
  await using site = openSite();
  const inputs = { word: "a", file: "a", envFile: "a", secret: "a", stored: "a" };
  const deploy = async ({ word, file, envFile, secret, stored }: typeof inputs) => {
    site.write("conf", file);
    site.write("job.env", `FROM_FILE=${envFile}\n`);
    site.write(
      "Servicefile",
      `\
Config: {key: ${stored}}
Files: {conf: {file: conf}}
Secrets: {db: {env: DB_PASSWORD}}
web: {image: axon-example/sleeper, bootstrap: {unchanged: "true"}}
job:
  image: axon-example/sleeper
  detach: false
  cmd: "true"
  env: {WORD: ${word}, STORED: "\${store.key}"}
  env_file: job.env
  files: {/etc/conf: conf}
  secrets: [db]
`,
    );
    const args = ["deploy", "-D", site.deployment, "--yes"];
    const run = await site.axon(args, { DB_PASSWORD: secret });
    expect(run).toExitWith(0);
    return run;
  };
  await deploy(inputs);
  const names = Object.keys(inputs) as (keyof typeof inputs)[];
  for (const name of names) {
    inputs[name] = "b";
    await deploy(inputs);
  }
  expect(await startsOf(site, "job")).toBe(1 + names.length);

  expect((await deploy(inputs)).stdout).toBe("No changes.\n");
  const { Id } = await site.inspect("web");
  await site.docker.getContainer(Id).remove({ force: true });
  await deploy(inputs);
  expect(await startsOf(site, "job")).toBe(1 + names.length);
  expect(await startsOf(site, "web.unchanged")).toBe(1);
});

test("a one-shot that does not heed its stop signal is killed when its time is over, and runs again with the next deploy", async () => {
  await using site = openSite();
  const file = (cmd: string) => `\
web: {image: axon-example/sleeper, bootstrap: {deaf: {cmd: ${cmd}, timeout: 1s}}}
`;
  site.write("Servicefile", file("trap '' TERM; while :; do sleep 1; done"));
  const failed = await site.axon(["deploy", "-D", site.deployment]);
  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("error TASK_TIMEOUT: web.deaf did not end within 1 s");
  const died = (await site.events()).filter(({ action }) => action === "die");
  expect(died).toMatchObject([{ of: "web.deaf", exitCode: 137 }]);
  expect(await site.containers()).toEqual([]);
  await site.deploy(file('"true"'));
  expect(await startsOf(site, "web.deaf")).toBe(2);
});
