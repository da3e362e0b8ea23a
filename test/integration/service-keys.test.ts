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

test("what a service says about its surroundings and limits is what its container has", async () => {
  await using site = openSite();
  await site.deploy(`\
service:
  image: axon-example/sleeper
  user: 0:0
  working_dir: /srv
  tmpfs: ["/tmp:size=1m,mode=1777", /run]
  labels: {com.example.team: web, count: 3}
  logging: {driver: json-file, options: {max-size: 1m, max-file: 2}}
  stop_signal: kill
  stop_grace_period: 1500ms
  hostname: box
  domainname: example.org
  tty: true
  stdin_open: true
  read_only: true
  init_process: true
  cap_add: [SYS_TIME]
  cap_drop: [NET_RAW]
  group_add: [1001]
  extra_hosts: {db: 10.0.0.5}
  security_opt: [no-new-privileges, seccomp:unconfined]
  devices: ["/dev/null:/dev/nothing:rw", {source: /dev/zero}]
  sysctls: {net.core.somaxconn: 512}
  ulimits: {nofile: {soft: 512, hard: 1024}, core: 0}
  dns: [10.0.0.53, 10.0.0.52]
  dns_search: example.org
  dns_opt: [ndots:2]
  ipc: shareable
  oom_score_adj: 500
  runtime: runc
  shm_size: 1m
  memory: 64m
  memory_swap: 96m
  memory_reservation: 32m
  cpus: 0.5
  cpu_shares: 512
  cpuset: 0
  deploy: {resources: {limits: {pids: 50}}}
`);
  const { Config, HostConfig } = await site.inspect("service");
  expect(Config).toMatchObject({
    User: "0:0",
    WorkingDir: "/srv",
    Labels: { "com.example.team": "web", count: "3" },
    StopSignal: "SIGKILL",
    StopTimeout: 2,
    Hostname: "box",
    Domainname: "example.org",
    Tty: true,
    OpenStdin: true,
  });
  expect(HostConfig).toMatchObject({
    Tmpfs: { "/tmp": "mode=1777,size=1m", "/run": "" },
    LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } },
    ReadonlyRootfs: true,
    Init: true,
    CapAdd: [expect.stringMatching(/^(CAP_)?SYS_TIME$/)],
    CapDrop: [expect.stringMatching(/^(CAP_)?NET_RAW$/)],
    GroupAdd: ["1001"],
    ExtraHosts: ["db:10.0.0.5"],
    SecurityOpt: ["no-new-privileges=true", "seccomp=unconfined"],
    Devices: [
      { PathOnHost: "/dev/null", PathInContainer: "/dev/nothing", CgroupPermissions: "rw" },
      { PathOnHost: "/dev/zero", PathInContainer: "/dev/zero", CgroupPermissions: "rwm" },
    ],
    Sysctls: { "net.core.somaxconn": "512" },
    Ulimits: [
      { Name: "core", Soft: 0, Hard: 0 },
      { Name: "nofile", Soft: 512, Hard: 1024 },
    ],
    Dns: ["10.0.0.53", "10.0.0.52"],
    DnsSearch: ["example.org"],
    DnsOptions: ["ndots:2"],
    IpcMode: "shareable",
    OomScoreAdj: 500,
    Runtime: "runc",
    ShmSize: 2 ** 20,
    Memory: 64 * 2 ** 20,
    MemorySwap: 96 * 2 ** 20,
    MemoryReservation: 32 * 2 ** 20,
    NanoCpus: 5e8,
    CpuShares: 512,
    CpusetCpus: "0",
    PidsLimit: 50,
  });
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  const { stdout } = await site.deploy("service: {image: axon-example/sleeper}\n");
  expect(stdout).toContain("replace");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("limits that the file changes are changed in the container that runs", async () => {
  await using site = openSite();
  const file = (limits: string) => `service: {image: axon-example/sleeper, ${limits}}\n`;
  await site.deploy(file("memory: 64m, cpu_shares: 512, cpuset: 0"));
  const { Id } = await site.inspect("service");
  await site.deploy(
    file("memory: 96m, memory_swap: 128m, memory_reservation: 32m, cpu_shares: 256, cpuset: 0-1"),
  );
  const { HostConfig, ...after } = await site.inspect("service");
  expect(after.Id).toBe(Id);
  expect(HostConfig).toMatchObject({
    Memory: 96 * 2 ** 20,
    MemorySwap: 128 * 2 ** 20,
    MemoryReservation: 32 * 2 ** 20,
    CpuShares: 256,
    CpusetCpus: "0-1",
  });
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
