import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";
import { startEngineProxy } from "../helpers/recording-proxy.ts";
import { createImage, descriptorLabel } from "../helpers/test-image.ts";

test("status shows services, one-shots, routes and volumes as they are, without a Servicefile", async () => {
  await using site = openSite();
  await site.deploy(`\
Deployment: site
Domains: {example.org: "site:website:8000"}
website: {image: rock77/website, cmd: /bin/runserver}
redis: {image: rock77/redis, volumes: {data: /srv/redis}}
job: {image: axon-example/sleeper, cmd: "true", detach: false}
`);
  await site.docker.getContainer(`${site.deployment}-redis-1`).kill();
  const text = await site.axon(["status", "-D", site.deployment]);
  expect(text).toExitWith(0);
  expect(text.stdout).toMatch(/website +running +rock77\/website/);
  expect(text.stdout).toMatch(/redis +exited \(137\)/);
  expect(text.stdout).toMatch(/job +exit 0/);
  expect(text.stdout).toMatch(/example\.org +\S+-website-1:8000/);
  expect(text.stdout).toContain(`${site.deployment}-redis-data`);

  const json = await site.axon(["status", "-D", site.deployment, "--json"]);
  const status = JSON.parse(json.stdout);
  expect(status.services).toMatchObject([
    { service: "redis", state: "exited", exit_code: 137 },
    { service: "website", state: "running", image: "rock77/website" },
  ]);
  expect(status.tasks).toMatchObject([{ id: "job", ended: "exited", exit_code: 0 }]);
});

test("the status of a deployment that is not there says so", async () => {
  await using site = openSite();
  const { stdout, exitCode } = await site.axon(["status", "-D", site.deployment]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`There is no deployment ${site.deployment} here.`);
});

test("describe prints every entrypoint that an image declares, its ports, paths and requirements", async () => {
  await using site = openSite();
  const { stdout, exitCode } = await site.axon(["describe", "axon-example/nova"]);
  expect(exitCode).toBe(0);
  for (const text of ["nova", "api", "scheduler", "db-sync", "8774", "/compute", "keystone"]) {
    expect(stdout).toContain(text);
  }
  expect(stdout).toContain("init-region");
});

test("describe --json is the same as data", async () => {
  await using site = openSite();
  const { stdout } = await site.axon(["describe", "axon-example/nova", "--json"]);
  const told = JSON.stringify(JSON.parse(stdout));
  for (const text of ["api", "scheduler", "db-sync", "8774", "/compute", "keystone"]) {
    expect(told).toContain(text);
  }
});

test("describe understands the label of the first Axon images", async () => {
  await using site = openSite();
  const { stdout, exitCode } = await site.axon(["describe", "axon-example/legacy"]);
  expect(exitCode).toBe(0);
  for (const text of ["com.platform9.app_metadata", "legacy", "8080", "/legacy"]) {
    expect(stdout).toContain(text);
  }
});

test("describe tells what a plain image supplies", async () => {
  await using site = openSite();
  const { stdout, exitCode } = await site.axon(["describe", "rock77/redis"]);
  expect(exitCode).toBe(0);
  for (const text of ["redis-server", "6379", "/srv/redis"]) expect(stdout).toContain(text);
});

test("a label that cannot be understood is an error that names image, label and field", async () => {
  const descriptor = { axon: 1, name: "broken", entrypoints: { main: { command: 7 } } };
  await using image = await createImage("axon-example/sleeper", [descriptorLabel(descriptor)]);
  await using site = openSite(`service: {image: ${image.reference}}\n`);
  const runs = [
    await site.axon(["describe", image.reference]),
    await site.axon(["plan", "-D", site.deployment]),
  ];
  for (const { exitCode, stderr, stdout } of runs) {
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toContain("error DESCRIPTOR_INVALID");
    expect(stderr).toContain(image.reference);
    expect(stderr).toContain("io.axon.descriptor");
    expect(stderr).toContain("entrypoints.main.command");
  }
});

test("status, describe and validate change nothing", async () => {
  await using engine = await startEngineProxy();
  await using site = openSite("service: {image: axon-example/sleeper}\n");
  await site.deploy();
  const through = { DOCKER_HOST: `tcp://${engine.address}` };
  await site.axon(["status", "-D", site.deployment], through);
  await site.axon(["describe", "axon-example/nova"], through);
  await site.axon(["validate"], through);
  expect(engine.requests.length).toBeGreaterThan(0);
  expect(engine.mutations()).toEqual([]);
});

test("validate checks a file without an engine and without a store", async () => {
  await using site = openSite("Deployment: shop\nredis: {image: rock77/redis}\nwebsite:\n");
  const nowhere = { DOCKER_HOST: "tcp://127.0.0.1:1", AXON_KV: "consul://127.0.0.1:1" };
  const { exitCode, stdout } = await site.axon(["validate", "Servicefile"], nowhere);
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: "Servicefile is valid: deployment shop, 2 services.\n",
  });
});

test("config shows what a file says with everything put in, without an engine and without a store", async () => {
  await using site = openSite(`web: {image: "web:\${TAG}", env: {A: "1"}}\n`);
  site.write("axon.yaml", "targets: {live: {deployment: shop, vars: {TAG: v2}}}\n");
  const nowhere = { DOCKER_HOST: "unix:///nowhere/docker.sock", AXON_KV: "consul://127.0.0.1:1" };
  const run = await site.axon(["config", "--target", "live", "--origins"], nowhere);
  expect(run).toExitWith(0);
  expect(run.stdout).toBe(`\
Deployment: shop # target live
web:
  image: web:v2 # Servicefile:1, TAG from target live
  env:
    A: "1" # Servicefile:1
`);
});

test("validate tells every problem of a file at once, each with its place", async () => {
  await using site = openSite(
    "web:\n  imgae: rock77/website\ndb:\n  restart: perhaps\n  step: 9\n",
  );
  const { exitCode, stderr } = await site.axon(["validate"]);
  expect(exitCode).toBe(3);
  expect(stderr.match(/--> Servicefile:\d+:\d+/g)).toEqual([
    "--> Servicefile:2:3",
    "--> Servicefile:4:3",
    "--> Servicefile:5:3",
  ]);
  expect(stderr).toContain('did you mean "image"?');
  expect(stderr).toContain("   |   imgae: rock77/website\n   |   ^");
});

test("a label that an image has from the one below it is told, by describe and by a plan with both", async () => {
  const descriptor = { axon: 1, entrypoints: { app: {} } };
  await using base = await createImage("axon-example/sleeper", [descriptorLabel(descriptor)]);
  await using image = await createImage(base.reference, ["ENV DERIVED=yes"], "touch /made");
  await using site = openSite(`\
own: {image: ${image.reference}}
base: {image: ${base.reference}}
`);
  const notice = `${image.reference}: label io.axon.descriptor is that of ${base.reference}`;
  const described = await site.axon(["describe", image.reference, "--json"]);
  expect(JSON.parse(described.stdout).notices.join()).toContain(notice);
  const ofBase = await site.axon(["describe", base.reference]);
  expect(ofBase.stdout).not.toContain("from which it is built");
  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout.match(/from which it is built/g)).toHaveLength(1);
  expect(plan.stdout).toContain(`note: ${notice}`);
});
