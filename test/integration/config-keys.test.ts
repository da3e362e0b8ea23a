import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";

const SLEEPER = "service: {image: axon-example/sleeper}\n";
const withConfig = (config: string) => `Config: {${config}}\n${SLEEPER}`;

test("config keys are created, changed and, when the file does not name them any more, removed", async () => {
  await using site = openSite();
  const root = `axon/${site.deployment}/config/`;
  await site.deploy(withConfig("colour: green, app/size: large"));
  expect(await site.keys(root)).toEqual({
    [`${root}colour`]: "green",
    [`${root}app/size`]: "large",
  });

  const changed = await site.deploy(withConfig("colour: blue"));
  expect(await site.keys(root)).toEqual({ [`${root}colour`]: "blue" });
  expect(changed.stdout).toContain('value: "green" -> "blue"');
  expect(changed.stdout).toMatch(/- +app\/size +remove config/);
});

test("a config key that was changed or deleted by hand is shown and repaired", async () => {
  await using site = openSite();
  const root = `axon/${site.deployment}/config/`;
  await site.deploy(withConfig("colour: green, size: large"));
  await site.putKey(`${root}colour`, "red");
  await site.deleteKey(`${root}size`);

  const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
  expect(plan).toExitWith(2);
  expect(plan.stdout).toContain('value: "red" -> "green"');
  await site.deploy();
  expect(await site.keys(root)).toEqual({ [`${root}colour`]: "green", [`${root}size`]: "large" });
});

test("a key below config/ that somebody else wrote is left alone", async () => {
  await using site = openSite();
  const root = `axon/${site.deployment}/config/`;
  await site.deploy(withConfig("colour: green"));
  await site.putKey(`${root}theirs`, "untouched");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  await site.deploy(SLEEPER);
  expect(await site.keys(root)).toEqual({ [`${root}theirs`]: "untouched" });
});

test("a key that is already there with the wanted value is taken over, and then removed with the file's word", async () => {
  await using site = openSite();
  const root = `axon/${site.deployment}/config/`;
  await site.deploy(SLEEPER);
  await site.putKey(`${root}colour`, "green");
  const adopted = await site.deploy(withConfig("colour: green"));
  expect(adopted.stdout).toContain("adopt config");
  await site.deploy(SLEEPER);
  expect(await site.keys(root)).toEqual({});
});

test("the value of a key whose name looks secret is never shown", async () => {
  await using site = openSite(withConfig("db/password: opensesame"));
  const first = await site.deploy();
  const second = await site.deploy(withConfig("db/password: closesesame"));
  expect(second.stdout).toContain("(sensitive, changed)");
  expect(JSON.stringify([first, second])).not.toContain("sesame");
  const key = `axon/${site.deployment}/config/db/password`;
  expect(await site.keys(key)).toEqual({ [key]: "closesesame" });
});

test("where a service is reached is told in the store, and goes with the service", async () => {
  await using site = openSite();
  const root = `axon/${site.deployment}/services/`;
  await site.deploy(`web: {image: axon-example/sleeper, ports: {http: 8000, admin: assign}}\n`);
  const endpoints = await site.keys(root);
  expect(Object.keys(endpoints)).toEqual([`${root}web/admin`, `${root}web/http`]);
  expect(endpoints[`${root}web/http`]).toMatch(new RegExp(`^${site.deployment}-web.*:8000$`));
  await site.deploy(SLEEPER);
  expect(await site.keys(root)).toEqual({});
});
