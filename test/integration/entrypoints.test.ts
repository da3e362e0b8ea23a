import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";

const KEYSTONE = 'Config: {endpoints/keystone: "keystone.example.org:5000"}\n';

test("services of one image run the entrypoint of their name, or the one they ask for", async () => {
  await using site = openSite(`${KEYSTONE}
api: {image: axon-example/nova}
worker: {image: axon-example/nova, entrypoint_of: scheduler}
`);
  await site.deploy();
  expect((await site.inspect("api")).Config.Cmd).toEqual(["nova-api"]);
  expect((await site.inspect("worker")).Config.Cmd).toEqual(["nova-scheduler"]);
});

test("an entrypoint that the image does not have is an error that names those it has", async () => {
  await using site = openSite("web: {image: axon-example/nova, entrypoint_of: apo}\n");
  const { exitCode, stderr } = await site.axon(["plan", "-D", site.deployment]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("error ENTRYPOINT_UNKNOWN");
  expect(stderr).toMatch(/api.*scheduler/s);
  expect(stderr).toContain("--> Servicefile:1:");
});

test("a requirement of the image that a key of the file's Config meets is told to the service", async () => {
  await using site = openSite(`${KEYSTONE}
api: {image: axon-example/nova, publish: {"127.0.0.1:0": public}}
`);
  await site.deploy();
  const { NetworkSettings } = await site.inspect("api");
  const port = NetworkSettings.Ports["8774/tcp"]?.[0]?.HostPort;
  const response = await fetch(`http://127.0.0.1:${port}/servers`);
  expect(await response.json()).toMatchObject({
    service: "nova",
    identity: { host: "keystone.example.org", port: "5000" },
  });
});

test("a requirement of the image that a key of the store meets is no error", async () => {
  await using site = openSite("scheduler: {image: axon-example/sleeper}\n");
  await site.deploy();
  await site.putKey(`axon/${site.deployment}/config/endpoints/keystone`, "10.0.0.9:5000");
  await site.deploy("api: {image: axon-example/nova}\n");
  expect((await site.inspect("api")).Config.Env).toContain("KEYSTONE_HOST=10.0.0.9");
});

test("a requirement of the image that a service meets is started first", async () => {
  await using site = openSite(`\
api: {image: axon-example/nova}
keystone: {image: axon-example/sleeper, ports: {http: 5000}, step: 3}
`);
  await site.deploy();
  expect((await site.inspect("api")).Config.Env).toEqual(
    expect.arrayContaining(["KEYSTONE_HOST=keystone", "KEYSTONE_PORT=5000"]),
  );
  const events = await site.events();
  const starts = events.filter(({ action }) => action === "start").map(({ of }) => of);
  expect(starts.indexOf("keystone")).toBeLessThan(starts.indexOf("api"));
});

test("a requirement of the image that nothing meets is an error that says who needs what", async () => {
  await using site = openSite("api: {image: axon-example/nova}\n");
  const refused = await site.axon(["deploy", "-D", site.deployment]);
  expect(refused).toExitWith(3);
  const { stderr } = refused;
  expect(stderr).toContain('error REQUIRE_UNKNOWN: api requires "keystone"');
  expect(stderr).toContain("axon-example/nova");
  expect(stderr).toContain("hint: ");
  expect(await site.containers()).toEqual([]);
});

test("what the image declares holds under what the file says", async () => {
  await using site = openSite(`${KEYSTONE}
api:
  image: axon-example/nova
  ports: {public: 9000}
  bootstrap: {db-sync: null}
  healthcheck: false
`);
  await site.deploy();
  const { Config } = await site.inspect("api");
  expect(Config.Env).toContain("PORT_PUBLIC=9000");
  expect(Config.Healthcheck).toBeUndefined();
  expect((await site.events()).some(({ of }) => of === "api.db-sync")).toBe(false);
});
