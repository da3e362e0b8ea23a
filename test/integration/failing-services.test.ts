import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";

const SLEEPER = "image: axon-example/sleeper";
const UNHEALTHY = "healthcheck: {test: exit 1, interval: 200ms, timeout: 1s, retries: 2}";
const HURRY = { AXON_READY_TIMEOUT: "5" };

test("when a new version ends instead of running, the old one serves again with the same id", async () => {
  await using site = openSite();
  await site.deploy(`service: {${SLEEPER}}\n`);
  const before = await site.inspect("service");
  site.write("Servicefile", `service: {${SLEEPER}, cmd: echo cannot start; exit 7}\n`);
  const failed = await site.axon(["deploy", "-D", site.deployment, "--yes"], HURRY);
  expect(failed).toExitWith(5);
  expect(failed.stderr).toContain("error ROLLED_BACK");
  expect(failed.stderr).toContain("cannot start");
  expect(failed.stderr).toContain("the old version serves again");

  expect(await site.inspect("service")).toMatchObject({
    Id: before.Id,
    State: { Running: true },
  });
  expect(await site.containers()).toHaveLength(1);
});

test("when a new version does not become healthy, the old one serves again with the same id", async () => {
  await using site = openSite();
  await site.deploy(`service: {${SLEEPER}, env: {V: one}}\n`);
  const before = await site.inspect("service");
  site.write("Servicefile", `service: {${SLEEPER}, env: {V: two}, ${UNHEALTHY}}\n`);
  const failed = await site.axon(["deploy", "-D", site.deployment, "--yes"], HURRY);
  expect(failed).toExitWith(5);
  expect(await site.inspect("service")).toMatchObject({
    Id: before.Id,
    State: { Running: true },
  });
  expect(await site.containers()).toHaveLength(1);
  const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
  expect(plan).toExitWith(2);
});

test("after a failed replacement the next deploy with a good version ends well", async () => {
  await using site = openSite();
  await site.deploy(`service: {${SLEEPER}, env: {V: one}}\n`);
  site.write("Servicefile", `service: {${SLEEPER}, cmd: exit 7}\n`);
  await site.axon(["deploy", "-D", site.deployment, "--yes"], HURRY);
  await site.deploy(`service: {${SLEEPER}, env: {V: three}}\n`);
  expect((await site.inspect("service")).Config.Env).toContain("V=three");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a first version that ends instead of running is a failure, and the next plan shows it again", async () => {
  await using site = openSite(`service: {${SLEEPER}, cmd: echo no luck; exit 7}\n`);
  const failed = await site.axon(["deploy", "-D", site.deployment], HURRY);
  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("error SERVICE_NOT_READY: service");
  expect(failed.stderr).toContain("service | no luck");

  const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
  expect(plan).toExitWith(2);
  await site.deploy(`service: {${SLEEPER}}\n`);
  expect(await site.inspect("service")).toMatchObject({ State: { Running: true } });
});

test("a service that fails stops what requires it and every later step, but not its neighbours", async () => {
  await using site = openSite(`\
Deployment: site
Domains: {example.org: "site:neighbour:80"}
bad: {${SLEEPER}, ${UNHEALTHY}}
needs: {${SLEEPER}, require: {bad: healthy}}
neighbour: {${SLEEPER}, ports: {http: 80}}
later: {${SLEEPER}, step: 5}
`);
  const failed = await site.axon(["deploy", "-D", site.deployment], HURRY);
  expect(failed).toExitWith(6);
  for (const name of ["needs", "later"]) {
    expect(failed.stderr).toMatch(new RegExp(`^ +skipped +${name}$`, "m"));
  }
  expect(failed.stderr).toMatch(/^ +done +neighbour$/m);
  expect(failed.stderr).toMatch(/^ +failed +bad[: ]/m);
  const running = (await site.containers()).filter(({ State }) => State === "running");
  expect(running.map(({ Labels }) => Labels["io.axon.service"])).toContain("neighbour");
  expect(running.map(({ Labels }) => Labels["io.axon.service"])).not.toContain("later");
  expect(await site.keys(`traefik/http/routers/${site.deployment}_`)).toEqual({});
});

test("a service without a health check that dies soon after its start is noticed", async () => {
  await using site = openSite(`service: {${SLEEPER}, cmd: exit 0, restart: "no"}\n`);
  const failed = await site.axon(["deploy", "-D", site.deployment], HURRY);
  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("ended with exit code 0 instead of running");
});
