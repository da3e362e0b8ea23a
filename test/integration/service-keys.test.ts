import { expect, test } from "vitest";
import { execIn, openSite } from "../helpers/axon.ts";

test("what a service asks for is what its container is", async () => {
  await using site = openSite();
  await site.deploy(`\
Env: {SHARED: everywhere, service: {OWN: from-env, LOUD: "no"}}
service:
  image: axon-example/sleeper
  entrypoint: /bin/sh -c
  cmd: [exec /bin/sleeper]
  env: {OWN: 1.10, EMPTY: ''}
  volumes: {data: /data, log: /var/log/service}
  ports: {http: 8000}
  publish: {"127.0.0.1:0": http, ":0": 53/udp}
  healthcheck: {test: [CMD, "true"], interval: 1s, timeout: 2s, retries: 4, start_period: 3s}
  restart: on-failure:5
`);
  const { Config, HostConfig, Mounts, Path, Args } = await site.inspect("service");
  expect([Path, ...Args]).toEqual(["/bin/sh", "-c", "exec /bin/sleeper"]);
  expect(Config.Env).toEqual(
    expect.arrayContaining(["SHARED=everywhere", "OWN=1.10", "LOUD=no", "EMPTY="]),
  );
  expect(Mounts.map(({ Name, Destination }) => [Name, Destination]).sort()).toEqual([
    [`${site.deployment}-service-data`, "/data"],
    [`${site.deployment}-service-log`, "/var/log/service"],
  ]);
  expect(HostConfig.PortBindings).toMatchObject({
    "8000/tcp": [{ HostIp: "127.0.0.1" }],
    "53/udp": [{ HostIp: "" }],
  });
  expect(Config.Healthcheck).toEqual({
    Test: ["CMD", "true"],
    Interval: 1e9,
    Timeout: 2e9,
    Retries: 4,
    StartPeriod: 3e9,
  });
  expect(HostConfig.RestartPolicy).toEqual({ Name: "on-failure", MaximumRetryCount: 5 });
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a service is told who and where it is", async () => {
  await using site = openSite(
    "web: {image: axon-example/sleeper, ports: {http: 8000, admin: 9}}\n",
  );
  await site.deploy();
  const { Config } = await site.inspect("web");
  expect(Config.Env).toEqual(
    expect.arrayContaining([
      `AXON_DEPLOYMENT=${site.deployment}`,
      "AXON_SERVICE=web",
      `DEPLOY_ID=${site.deployment}`,
      `REGION_ID=${site.deployment}`,
      "CUSTOMER_ID=default",
      "PORT_HTTP=8000",
      "PORT_ADMIN=9",
      "SD_HTTP=web:8000",
      "SD_HTTP_HOST=web",
      "SD_HTTP_PORT=8000",
    ]),
  );
});

test("services reach each other by their names", async () => {
  await using site = openSite(`\
website: {image: rock77/website, cmd: /bin/runserver}
client: {image: axon-example/sleeper}
`);
  await site.deploy();
  const get = ["wget", "-q", "-O", "-", "http://website:8000/"];
  expect(await execIn(`${site.deployment}-client-1`, get)).toContain("website 1");
});

test("a published port answers on the host", async () => {
  await using site = openSite(`\
Env: {BRANDING: Company Ltd.}
website: {image: rock77/website, cmd: /bin/runserver, publish: {"127.0.0.1:0": 8000}}
`);
  await site.deploy();
  const { NetworkSettings } = await site.inspect("website");
  const port = NetworkSettings.Ports["8000/tcp"]?.[0]?.HostPort;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(await response.text()).toContain("<h1>Company Ltd.</h1>");
});

test("a port that Axon assigned is kept when others come and go", async () => {
  await using site = openSite();
  const file = (ports: string) => `service: {image: axon-example/sleeper, ports: {${ports}}}\n`;
  const root = `axon/${site.deployment}/services/service/`;
  const numberOf = async (name: string) => (await site.keys(root))[root + name]?.split(":").at(-1);
  await site.deploy(file("first: assign, second: assign"));
  const second = await numberOf("second");
  expect(second).toMatch(/^\d+$/);
  await site.deploy(file("before: assign, second: assign"));
  expect(await numberOf("second")).toBe(second);
});

test("the data of a named volume survives the replacement of its service", async () => {
  await using site = openSite();
  const file = (v: string) =>
    `service: {image: axon-example/sleeper, env: {V: ${v}}, volumes: {data: /data}}\n`;
  await site.deploy(file("one"));
  await execIn(`${site.deployment}-service-1`, ["touch", "/data/kept"]);
  const { Id } = await site.inspect("service");
  await site.deploy(file("two"));
  expect((await site.inspect("service")).Id).not.toBe(Id);
  expect(await execIn(`${site.deployment}-service-1`, ["ls", "/data"])).toContain("kept");
});
