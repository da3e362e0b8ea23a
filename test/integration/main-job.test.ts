import { expect, test } from "vitest";
import { listNetworks, listVolumes, openSite, readKeys } from "../helpers/axon.ts";
import { startConsul } from "../helpers/consul.ts";
import { gateway } from "../helpers/gateway.ts";
import { startEngineProxy, startRecordingProxy } from "../helpers/recording-proxy.ts";

/** The project's seed, to the letter. */
const SEED = `\
Env:
  BRANDING: Company Ltd.

redis:
  image: rock77/redis
  volumes: {data: /srv/redis}

website:
  image: rock77/website
  cmd: /bin/runserver
`;

/** Some of everything that Axon can be asked for. */
const EVERYTHING = `\
Deployment: everything
Env: {BRANDING: Company Ltd., API_TOKEN: opensesame}
Config: {endpoints/keystone: "keystone.example.org:5000", greeting: hello}
Domains:
  shop.example.org: {http: everything:website, auth: {guest: welcome}}
  staff.example.org: {http: everything:website, auth: {guest: welcome}, auth_mode: basic}
  api.example.org: everything
redis: {image: axon-example/broker}
website: {image: axon-example/consumer, publish: {"127.0.0.1:0": http}}
api: {image: axon-example/nova}
scheduler: {image: axon-example/nova, require: {website: healthy}, bootstrap: {db-sync: null}}
old: {image: axon-example/legacy, volumes: {log: /var/log/legacy}}
job: {image: axon-example/sleeper, cmd: echo done, detach: false}
`;

test("the seed's own file deploys exactly as it is written, and then there is nothing to do", async () => {
  await using site = openSite(SEED);
  await site.deploy();

  const containers = await site.containers();
  expect(containers.map(({ State }) => State)).toEqual(["running", "running"]);
  const { Config } = await site.inspect("website");
  expect(Config.Cmd).toEqual(["/bin/sh", "-c", "/bin/runserver"]);
  expect(Config.Env).toContain("BRANDING=Company Ltd.");
  const redis = await site.inspect("redis");
  expect(redis.Mounts).toContainEqual(
    expect.objectContaining({
      Type: "volume",
      Name: `${site.deployment}-redis-data`,
      Destination: "/srv/redis",
    }),
  );

  const again = await site.deploy();
  expect(again.stdout).toBe("No changes.\n");
});

test("where nothing differs, neither the engine nor the store gets a request that could change something", async () => {
  await using consul = await startConsul();
  await using store = await startRecordingProxy(
    { host: "127.0.0.1", port: consul.address.port },
    await gateway(),
  );
  await using engine = await startEngineProxy();
  await using site = openSite(EVERYTHING);
  const through = { AXON_KV: `consul://${store.address}` };
  const first = await site.axon(["deploy", "-D", site.deployment], through);
  expect(first).toExitWith(0);
  expect(store.mutations()).not.toEqual([]);
  store.forget();
  const before = await readKeys(consul.url, "");

  const proxied = { ...through, DOCKER_HOST: `tcp://${engine.address}` };
  const again = await site.axon(["deploy", "-D", site.deployment], proxied);
  expect(again).toMatchObject({ exitCode: 0, stdout: "No changes.\n", stderr: "" });
  expect([...engine.mutations(), ...store.mutations()]).toEqual([]);
  expect(engine.requests.length).toBeGreaterThan(0);
  expect(store.requests.length).toBeGreaterThan(0);
  expect(await readKeys(consul.url, "")).toEqual(before);
});

test("a changed env value replaces the services that use it, and no others", async () => {
  await using site = openSite();
  const file = (branding: string) => `\
Env: {website: {BRANDING: ${branding}}}
website: {image: rock77/website, cmd: /bin/runserver}
redis: {image: rock77/redis}
`;
  await site.deploy(file("Company Ltd."));
  const [website, redis] = [await site.inspect("website"), await site.inspect("redis")];

  site.write("Servicefile", file("Other Ltd."));
  const plan = await site.axon(["plan", "-D", site.deployment]);
  expect(plan.stdout).toContain('env.BRANDING: "Company Ltd." -> "Other Ltd."');
  await site.deploy();

  const replaced = await site.inspect("website");
  expect(replaced.Id).not.toBe(website.Id);
  expect(replaced.Config.Env).toContain("BRANDING=Other Ltd.");
  expect((await site.inspect("redis")).Id).toBe(redis.Id);
  expect(await site.containers()).toHaveLength(2);
});

test("a service that is taken out of the file is removed, and its named volume is kept", async () => {
  await using site = openSite();
  const website = "website: {image: rock77/website, cmd: /bin/runserver}\n";
  await site.deploy(`${website}redis: {image: rock77/redis, volumes: {data: /srv/redis}}\n`);
  await site.deploy(website);

  const left = await site.containers();
  expect(left.map(({ Names }) => Names)).toEqual([[`/${site.deployment}-website-1`]]);
  expect(await listVolumes(site.deployment)).toEqual([`${site.deployment}-redis-data`]);
});

test("everything that a deploy makes carries the deployment's label", async () => {
  await using site = openSite("redis: {image: rock77/redis, volumes: {data: /srv/redis}}\n");
  await site.deploy();
  const networks = await listNetworks(site.deployment);
  expect(networks.map(({ Name }) => Name)).toEqual([site.deployment]);
  expect(await listVolumes(site.deployment)).toEqual([`${site.deployment}-redis-data`]);
  const { Config, NetworkSettings } = await site.inspect("redis");
  expect(Config.Labels).toMatchObject({
    "io.axon.deployment": site.deployment,
    "io.axon.service": "redis",
    "io.axon.instance": "1",
    "io.axon.kind": "service",
  });
  expect(Object.keys(NetworkSettings.Networks)).toEqual([site.deployment]);
});
