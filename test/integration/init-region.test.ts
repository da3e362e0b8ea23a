import { expect, test } from "vitest";
import { execIn, openSite } from "../helpers/axon.ts";
import { createImage, descriptorLabel } from "../helpers/test-image.ts";

const KEYSTONE = 'Config: {endpoints/keystone: "keystone.example.org:5000"}\n';
const NOVA = `${KEYSTONE}
api: {image: axon-example/nova}
scheduler: {image: axon-example/nova}
`;

/** Says how it was called and as whom, and nothing else. */
const TELLING = descriptorLabel({
  axon: 1,
  name: "telling",
  init: { command: ["sh", "-c", 'echo "user $(id -u) in $AXON_DEPLOYMENT got $*"', "init-region"] },
  entrypoints: { main: { command: ["/bin/sleeper"] } },
});

test("init-region is called with the store, the customer and the deployment, as root", async () => {
  await using image = await createImage("axon-example/sleeper", [TELLING, "USER 65534"]);
  await using site = openSite(`service: {image: ${image.reference}}\n`);
  const { stderr, exitCode } = await site.axon(["deploy", "-D", site.deployment], {
    AXON_CUSTOMER_ID: "acme",
  });
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    `user 0 in ${site.deployment} got --config-url http://consul:8500 --customer-id acme --region-id ${site.deployment}\n`,
  );
  const user = await execIn(`${site.deployment}-service-1`, ["id", "-u"]);
  expect(user.trim()).toBe("65534");
});

test("init-region runs once for an image, however many services are made of it", async () => {
  await using site = openSite(NOVA);
  await site.deploy();
  const config = await site.keys(`axon/${site.deployment}/config/nova/`);
  expect(config[`axon/${site.deployment}/config/nova/init-runs`]).toBe("1");
  const containers = await site.containers();
  expect(containers.map(({ Labels }) => Labels["io.axon.service"]).sort()).toEqual([
    "api",
    "scheduler",
  ]);
});

test("init-region ends before any service or bootstrap begins", async () => {
  await using site = openSite(NOVA);
  await site.deploy();
  const events = await site.events();
  const ended = events.findIndex(({ of, action }) => of.startsWith("init.") && action === "die");
  const others = events.findIndex(
    ({ of, action }) => !of.startsWith("init.") && action === "start",
  );
  expect(ended).toBeGreaterThan(-1);
  expect(events[ended]).toMatchObject({ exitCode: 0 });
  expect(others).toBeGreaterThan(ended);
});

test("a second deploy runs neither init-region nor bootstrap again, though their containers are gone", async () => {
  await using site = openSite(NOVA);
  await site.deploy();
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  expect(await site.keys(`axon/${site.deployment}/config/nova/`)).toEqual({
    [`axon/${site.deployment}/config/nova/init-runs`]: "1",
    [`axon/${site.deployment}/config/nova/db-sync-runs`]: "1",
  });
});

test("init-region runs again when the image changed", async () => {
  await using image = await createImage("axon-example/nova", ["ENV EDITION=first"]);
  await using site = openSite(`${KEYSTONE}scheduler: {image: ${image.reference}}\n`);
  await site.deploy();
  await image.move(["ENV EDITION=second"]);
  await site.deploy();
  const config = await site.keys(`axon/${site.deployment}/config/nova/`);
  expect(config[`axon/${site.deployment}/config/nova/init-runs`]).toBe("2");
});

test("two deployments of one image each get their own init-region and share no key", async () => {
  await using site = openSite(NOVA);
  const other = site.sibling("two");
  await site.deploy();
  expect(await site.axon(["deploy", "-D", other])).toExitWith(0);
  const runs = [site.deployment, other].map((name) => `axon/${name}/config/nova/init-runs`);
  expect(await site.keys("axon/")).toMatchObject({ [`${runs[0]}`]: "1", [`${runs[1]}`]: "1" });
});

test("init-region of the first Axon images is found in root's home", async () => {
  await using site = openSite("legacy: {image: axon-example/legacy}\n");
  await site.deploy();
  expect(await site.keys(`axon/${site.deployment}/config/`)).toEqual({
    [`axon/${site.deployment}/config/legacy/region`]: site.deployment,
  });
});

test("init: false runs none", async () => {
  await using site = openSite("legacy: {image: axon-example/legacy, init: false}\n");
  await site.deploy();
  expect(await site.keys(`axon/${site.deployment}/config/`)).toEqual({});
});

test("an init-region that fails stops the deploy before any service, and runs again with the next one", async () => {
  await using site = openSite(`${KEYSTONE}scheduler: {image: "axon-example/nova:init-fails"}\n`);
  const failed = await site.axon(["deploy", "-D", site.deployment]);
  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("init-region of nova has nothing to complain about");
  expect(failed.stderr).toContain("error TASK_FAILED");
  expect(failed.stderr).toContain("exited with code 3");
  expect(await site.containers()).toEqual([]);

  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout).toContain("last run failed (exit 3)");
  await site.axon(["deploy", "-D", site.deployment]);
  const config = await site.keys(`axon/${site.deployment}/config/nova/`);
  expect(config[`axon/${site.deployment}/config/nova/init-runs`]).toBe("2");
});

test("an init-region that hangs is stopped when its time is over, and that is a failure", async () => {
  await using site = openSite(`${KEYSTONE}
scheduler: {image: "axon-example/nova:init-hangs", init: {timeout: 2s}}
`);
  const failed = await site.axon(["deploy", "-D", site.deployment]);
  expect(failed).toExitWith(6);
  expect(failed.stderr).toContain("error TASK_TIMEOUT");
  expect(failed.stderr).toContain("did not end within 2 s");
  expect(await site.containers()).toEqual([]);
  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout).toContain("last run did not end in time");
});
