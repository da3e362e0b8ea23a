import fc from "fast-check";
import { expect, test } from "vitest";
import { diffContainer } from "../../../src/fields/table.ts";
import { importContainers } from "../../../src/importing/containers/import-containers.ts";
import type { RunningContainer } from "../../../src/importing/containers/running-container.ts";
import type { ContainerSpec } from "../../../src/model.ts";
import { Secret, textFor } from "../../../src/secret.ts";
import { parseEnvFile } from "../../../src/servicefile/env-file.ts";
import { variablesFrom } from "../../../src/servicefile/interpolate/variables.ts";
import { containerSpec } from "../../helpers/build.ts";
import { build } from "../build-model/build.ts";

const BRIDGE = [{ name: "bridge", aliases: [] }];

function running(name: string, spec: Partial<ContainerSpec> = {}): RunningContainer {
  const whole = containerSpec({ networks: BRIDGE, ...spec });
  return { name, status: "running", beyond: [], spec: whole };
}

/** What of each service is different from its container when the Servicefile is deployed. */
function differences(...containers: RunningContainer[]): readonly string[] {
  const { text, hidden } = importContainers(containers, "shop");
  const values = Object.fromEntries(parseEnvFile(hidden).entries);
  const { model } = build(text, {
    variables: variablesFrom([{ source: ".env", values }]),
    inputs: { files: {}, env: {}, directory: "/site" },
  });
  return containers.flatMap(({ name, spec }) => {
    const service = model.services[name];
    if (service === undefined) return [`${name} is missing`];
    const { env } = service.container;
    const given = Object.entries(env).filter(([key]) => !service.injected.includes(key));
    const wanted = { ...service.container, env: Object.fromEntries(given) };
    return diffContainer(spec, wanted).deltas.map(({ delta }) => `${name}.${delta.path}`);
  });
}

const EVERYTHING: Partial<ContainerSpec> = {
  entrypoint: ["/bin/sh", "-c"],
  command: ["exec sleep 1000", "with $space", "${x}", "$$"],
  env: { PLAIN: "a=b c", EMPTY: "", DB_PASSWORD: new Secret("it's $x"), URL: "no" },
  user: "1000:1000",
  workingDir: "/srv",
  mounts: [
    { kind: "volume", source: "old_data", target: "/srv/data", readOnly: false },
    { kind: "bind", source: "/", target: "/srv/host", readOnly: true },
    { kind: "bind", source: "/usr", target: "/srv/z", readOnly: true, options: { selinux: "z" } },
    {
      kind: "tmpfs",
      source: "",
      target: "/srv/memory",
      readOnly: false,
      options: { size: "1048576", mode: "700" },
    },
  ],
  publish: [
    { port: 80, protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 0 },
    { port: 80, protocol: "tcp", hostAddress: "::1", hostPort: 8080 },
    { port: 53, protocol: "udp", hostAddress: "", hostPort: 0 },
    { port: 81, protocol: "tcp", hostAddress: "0.0.0.0", hostPort: 81 },
  ],
  healthcheck: {
    test: ["CMD-SHELL", "true"],
    interval: 0,
    timeout: 500,
    startPeriod: 0,
    retries: 0,
  },
  restart: { name: "on-failure", maximumRetries: 5 },
  tmpfs: { "/run": "", "/srv/fast": "mode=1777,size=1m" },
  labels: { "com.example.team": "web", empty: "", constructor: "x" },
  logDriver: "journald",
  logOptions: { tag: "web" },
  stopSignal: "SIGQUIT",
  stopGraceSeconds: 3,
  hostname: "web.internal",
  domainname: "example.org",
  tty: true,
  stdinOpen: true,
  readOnly: true,
  initProcess: true,
  privileged: true,
  capAdd: ["NET_ADMIN"],
  capDrop: ["CHOWN"],
  groupAdd: ["1001", "nogroup"],
  extraHosts: ["a:10.0.0.1"],
  securityOpt: ["no-new-privileges=true"],
  devices: ["/dev/null:/dev/nothing:rw"],
  gpus: [
    { driver: "nvidia", count: 2, deviceIds: [], capabilities: ["gpu"], options: { a: "b" } },
    { driver: "", count: 0, deviceIds: ["GPU-1"], capabilities: ["gpu", "utility"], options: {} },
    { driver: "", count: -1, deviceIds: [], capabilities: ["gpu"], options: {} },
  ],
  sysctls: { "net.core.somaxconn": "512" },
  ulimits: { core: "0:-1", nofile: "512:512" },
  dns: ["10.0.0.53"],
  dnsSearch: ["b.example.org"],
  dnsOpt: ["ndots:2"],
  pid: "host",
  ipc: "host",
  uts: "host",
  userns: "host",
  oomScoreAdj: -5,
  runtime: "other",
  shmSize: 128 * 2 ** 20,
  memory: 64 * 2 ** 20,
  memorySwap: 96 * 2 ** 20,
  memoryReservation: 32 * 2 ** 20 + 1,
  cpus: 0.5,
  cpuShares: 512,
  cpuset: "0",
  pidsLimit: 100,
};

test("every field of a container comes back from the Servicefile as it was, but for its networks", () => {
  expect(differences(running("web", EVERYTHING))).toEqual(["web.networks"]);
  expect(differences(running("web"))).toEqual(["web.networks"]);
  const { text } = importContainers([running("db", { healthcheck: "none" })], undefined);
  expect(text).toContain("healthcheck: false");
});

test("whatever stands in texts comes back as it was", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(fc.constantFrom("$", "{", "}", "'", '"', "\\", "\n", "#", " ", "a", ":", "no", "`"))
      .map((parts) => parts.join("")),
  );
  const sound = texts.filter(
    (text) => !text.includes("\0") && text.isWellFormed() && !text.includes("\r"),
  );
  fc.assert(
    fc.property(sound, sound, sound, (one, two, three) => {
      const spec = {
        command: ["run", one],
        env: { PLAIN: two, A_TOKEN: textFor("A_TOKEN", three) },
        labels: { some: one },
      };
      expect(differences(running("web", spec))).toEqual(["web.networks"]);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test("networks that were made stay, and the deployment's own comes along", () => {
  const networks = [{ name: "office", aliases: ["web", "www"], addresses: { ipv4: "10.0.0.9" } }];
  const { text } = importContainers([running("web", { networks })], undefined);
  expect(text).toContain("Networks:\n  office: {external: true, name: office}");
  expect(text).toContain("    default:\n    office: {aliases: [www], ipv4_address: 10.0.0.9}");
  const { model } = build(text);
  expect(model.services.web?.container.networks.map(({ name }) => name)).toEqual([
    "office",
    "shop",
  ]);
});

const compose = (service: string, more = {}) => ({
  labels: {
    "com.docker.compose.project": "p",
    "com.docker.compose.service": service,
    ...more,
  },
});

test("what has no choice of networks keeps its network mode", () => {
  for (const [name, networks] of Object.entries({
    host: [{ name: "host", aliases: [] }],
    none: [],
  })) {
    expect(differences(running("web", { networks }))).toEqual([]);
    expect(importContainers([running("web", { networks })], undefined).text).toContain(
      `network_mode: ${name}`,
    );
  }
  const shared = running("web", { networks: [], networkMode: "container:0a1b2c" });
  expect(differences(shared)).toEqual([]);
});

test("what Compose has made of one service is one service, with what it requires", () => {
  const needs = "db:service_healthy:false,job:service_completed_successfully:false";
  const found = importContainers(
    [
      running("p-web-1", compose("web", { "com.docker.compose.depends_on": needs })),
      running("p-web-2", { ...compose("web"), env: { A: "b" } }),
      running("p-db-1", compose("db")),
      { ...running("p-job-1", compose("job")), status: "exited" },
    ],
    undefined,
  );
  expect(found.text).toBe(`\
web:
  image: website:1
  restart: unless-stopped
  require: {db: healthy}
  scale: 2

db:
  image: website:1
  restart: unless-stopped
`);
  expect(found.remarks).toEqual([
    "p-job-1: is left out: it is exited",
    "web: is like p-web-1; p-web-2 has another env.A",
    "web: does not require job, which does not run",
  ]);
});

test("what cannot be said is told, and secrets stand in a file of their own", () => {
  const secret = (value: string) => ({ env: { "DB-PASSWORD": new Secret(value) } });
  const found = importContainers(
    [
      { ...running("My_Web", { ...secret("hush"), pid: "container:x" }), beyond: ["a: b"] },
      running("db", { ...secret("quiet"), networks: [{ name: "host", aliases: [] }] }),
      running("my-web"),
    ],
    undefined,
  );
  expect(found.remarks).toEqual([
    "my-web: is left out: My_Web is the service my-web already",
    "my-web: --adopt finds its container after: docker rename My_Web my-web",
    "my-web: does not have pid: container:x",
    "my-web: does not have a: b",
  ]);
  expect(found.hidden).toBe("DB_PASSWORD='hush'\nDB_DB_PASSWORD='quiet'\n");
  expect(found.text).not.toMatch(/hush|quiet/);
  expect(found.text).toContain("network_mode: host");
});
