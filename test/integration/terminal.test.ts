import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answerOnTerminal, QUESTION } from "../helpers/answer-on-terminal.ts";
import { openSite } from "../helpers/axon.ts";

const file = (version: string) =>
  `service: {image: axon-example/sleeper, env: {V: "${version}"}}\n`;
const ESCAPE = "\u001b";

test("a deploy that replaces something asks on a terminal, and no changes nothing", async () => {
  await using site = openSite();
  await site.deploy(file("one"));
  const { Id } = await site.inspect("service");
  site.write("Servicefile", file("two"));
  const deploy = ["deploy", "-D", site.deployment];
  const { exitCode, stdout } = await answerOnTerminal(site, deploy, "no");
  expect(exitCode).toBe(4);
  expect(stdout).toContain("DECLINED");
  expect(stdout.indexOf("replace")).toBeLessThan(stdout.indexOf(QUESTION));
  expect((await site.inspect("service")).Id).toBe(Id);
});

test("yes goes on", async () => {
  await using site = openSite();
  await site.deploy(file("one"));
  site.write("Servicefile", file("two"));
  const deploy = ["deploy", "-D", site.deployment];
  const { exitCode, stdout } = await answerOnTerminal(site, deploy, "yes");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("1 replaced");
  expect((await site.inspect("service")).Config.Env).toContain("V=two");
});

test("ctrl-c at the question changes nothing", async () => {
  await using site = openSite();
  await site.deploy(file("one"));
  const { Id } = await site.inspect("service");
  site.write("Servicefile", file("two"));
  const deploy = site.startOnTerminal(["deploy", "-D", site.deployment]);
  await deploy.seen(QUESTION);
  deploy.type("\u0003");
  const { exitCode } = await deploy.ended;
  expect([4, 130]).toContain(exitCode);
  expect((await site.inspect("service")).Id).toBe(Id);
});

test("a deploy that only adds does not ask", async () => {
  await using site = openSite(file("one"));
  const { exitCode, stdout } = await site.startOnTerminal(["deploy", "-D", site.deployment]).ended;
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain(QUESTION);
});

test("destroy asks on a terminal", async () => {
  await using site = openSite();
  await site.deploy(file("one"));
  const destroy = site.startOnTerminal(["destroy", "-D", site.deployment]);
  await destroy.seen(QUESTION);
  destroy.type("no\n");
  expect(await destroy.ended).toExitWith(4);
  expect(await site.containers()).toHaveLength(1);
});

test("without a terminal a deploy that replaces something needs --yes, and says so", async () => {
  await using site = openSite();
  await site.deploy(file("one"));
  const { Id } = await site.inspect("service");
  site.write("Servicefile", file("two"));
  const { exitCode, stdout, stderr } = await site.axon(["deploy", "-D", site.deployment]);
  expect(exitCode).toBe(4);
  expect(stdout).toContain("replace");
  expect(stderr).toContain("error ANSWER_NEEDED");
  expect(stderr).toContain("--yes");
  expect((await site.inspect("service")).Id).toBe(Id);
});

test("a plan is coloured on a terminal, and not with NO_COLOR or --no-color", async () => {
  await using site = openSite(file("one"));
  const plan = ["plan", "-D", site.deployment];
  const coloured = await site.startOnTerminal(plan).ended;
  const plain = [
    await site.startOnTerminal(plan, { NO_COLOR: "1" }).ended,
    await site.startOnTerminal([...plan, "--no-color"]).ended,
    await site.startOnTerminal(["--no-color", ...plan]).ended,
  ];
  expect(coloured.stdout).toContain(`${ESCAPE}[32m`);
  for (const { exitCode, stdout } of plain) {
    expect(exitCode).toBe(0);
    expect(stdout).toContain("+ service");
    expect(stdout).not.toContain(ESCAPE);
  }
});

test("with NO_COLOR a deploy on a terminal has no colours either", async () => {
  await using site = openSite(file("one"));
  const deploy = ["deploy", "-D", site.deployment];
  const { exitCode, stdout } = await site.startOnTerminal(deploy, { NO_COLOR: "1" }).ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain("service: created");
  expect(stdout.split(ESCAPE).filter((part) => /^\[[\d;]*m/.test(part))).toEqual([]);
});

test("on a terminal the whole output of a one-shot that failed stays on the screen", async () => {
  await using site = openSite(
    `job: {image: axon-example/sleeper, detach: false, cmd: "seq 30 | sed 's/.*/line-&./'; exit 3"}\n`,
  );
  const { exitCode, stdout } = await site.startOnTerminal(["deploy", "-D", site.deployment]).ended;
  expect(exitCode).toBe(6);
  const last = stdout.slice(stdout.lastIndexOf("line-1."));
  for (let line = 1; line <= 30; line += 1) expect(last).toContain(`line-${line}.`);
  expect(stdout).toContain("job exited with code 3");
});

test("off a terminal a deploy writes no escape codes, and one line for each event", async () => {
  await using site = openSite(file("one"));
  const done = await site.axon(["deploy", "-D", site.deployment], { NO_COLOR: undefined });
  expect(done).toExitWith(0);
  expect(done.stdout + done.stderr).not.toContain(ESCAPE);
  expect(done.stderr).toMatch(/^service: created \(\d+\.\d s\)$/m);
});

test("the result is on stdout, and progress and errors are on stderr", async () => {
  await using site = openSite(file("one"));
  const deploy = await site.deploy();
  expect(deploy.stdout).toMatch(/Plan: .+\.\nDone in .+\n$/s);
  expect(deploy.stderr).not.toContain("Plan:");
  const failed = await site.axon(["plan", "nowhere"]);
  expect(failed).toMatchObject({ exitCode: 3, stdout: "" });
});

test("progress is drawn on the terminal also where the result goes into a file", async () => {
  await using site = openSite(file("one"));
  const deploy = ["deploy", "-D", site.deployment];
  const { exitCode, stdout: screen } = await site.startOnTerminal(deploy, {}, "result.txt").ended;
  expect(exitCode).toBe(0);
  const result = readFileSync(join(site.directory, "result.txt"), "utf8");
  expect(result).toMatch(/^Plan: .+\.$/m);
  expect(result).not.toContain(ESCAPE);
  expect(result).not.toContain("service: created");
  expect(screen).toContain("service: created");
  expect(screen).not.toContain("Plan:");
});

test("what an image writes cannot move the cursor of the reader's terminal", async () => {
  await using site = openSite(`\
job: {image: axon-example/sleeper, detach: false, cmd: ["printf", "a\\\\033[31mred\\\\033[2Jb\\\\n"]}
`);
  const { stderr } = await site.deploy();
  expect(stderr).toContain("job | a");
  expect(stderr).not.toContain(ESCAPE);
});
