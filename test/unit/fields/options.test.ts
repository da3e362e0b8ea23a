import { expect, test } from "vitest";
import type { DockerContainer } from "../../../src/fields/docker-api.ts";
import { diffContainer, fromDocker, toDocker, withoutImage } from "../../../src/fields/table.ts";
import type { ContainerSpec } from "../../../src/model.ts";
import { containerSpec, NO_DEFAULTS } from "../../helpers/build.ts";

const ID = "0123456789abcdef";
const FOREIGN = "com.docker.compose.project";

const inspected = (overrides: Partial<DockerContainer>): DockerContainer => ({
  Id: ID,
  Name: "/a",
  Image: "a",
  Config: { Image: "a" },
  HostConfig: {},
  State: { Status: "", ExitCode: 0 },
  NetworkSettings: { Networks: {} },
  Mounts: [],
  ...overrides,
});

const diff = (before: Partial<ContainerSpec>, after: Partial<ContainerSpec>) =>
  diffContainer(containerSpec(before), containerSpec(after)).deltas;

test("order and spelling of capabilities, groups and hosts do not count", () => {
  const before = { capAdd: ["CAP_NET_ADMIN", "SYS_TIME"], groupAdd: ["b", "a"] };
  expect(diff(before, { capAdd: ["sys_time", "NET_ADMIN"], groupAdd: ["a", "b"] })).toEqual([]);
  expect(diff({}, { capDrop: ["ALL"] })).toMatchObject([
    { delta: { path: "cap_drop", before: [], after: ["ALL"] }, change: "replace" },
  ]);
});

test("the usual size of shared memory is no difference", () => {
  expect(diff({}, { shmSize: 64 * 2 ** 20 })).toEqual([]);
  expect(diff({}, { shmSize: 2 ** 30 })).toMatchObject([{ delta: { before: "64m", after: "1g" } }]);
});

test("where the order does not count, it is no difference, and where it does, it is one", () => {
  const options = { securityOpt: ["label:disable", "no-new-privileges"], dnsOpt: ["b", "a"] };
  const same = { securityOpt: ["no-new-privileges=true", "label=disable"], dnsOpt: ["a", "b"] };
  expect(diff(options, same)).toEqual([]);
  expect(diff({ dns: ["1.1.1.1", "1.0.0.1"] }, { dns: ["1.0.0.1", "1.1.1.1"] })).toHaveLength(1);
  expect(diff({ dnsSearch: ["a", "b"] }, { dnsSearch: ["b", "a"] })).toHaveLength(1);
});

test("each label, option and limit is told by itself, and no secret", () => {
  const before = { labels: { a: "1", password: "x" }, ulimits: { nofile: "1:2" } };
  const after = { labels: { a: "2", password: "y" }, logOptions: { "splunk-token": "z" } };
  expect(diff(before, after).map(({ delta }) => delta)).toEqual([
    { path: "labels.a", before: "1", after: "2" },
    { path: "labels.password", before: undefined, after: undefined, sensitive: true },
    {
      path: "logging.options.splunk-token",
      before: undefined,
      after: undefined,
      sensitive: true,
      note: "added",
    },
    { path: "ulimits.nofile", before: "1:2", after: undefined },
  ]);
});

test("the usual time to stop is no difference, and is told as one writes it", () => {
  expect(diff({}, { stopGraceSeconds: 10 })).toEqual([]);
  expect(diff({}, { stopGraceSeconds: 61 })).toMatchObject([
    { delta: { path: "stop_grace_period", before: "10s", after: "61s" }, change: "replace" },
  ]);
});

test("only what was given is ours of that which engine and image fill in", () => {
  const given = {
    labels: { a: "1" },
    logOptions: { "max-size": "1m" },
    runtime: "runc",
  };
  const read = (spec: Partial<ContainerSpec>) => {
    const { Labels = {}, HostConfig } = toDocker(containerSpec(spec));
    const { Config = {} } = HostConfig.LogConfig ?? {};
    return fromDocker(
      inspected({
        Config: { Image: "a", Labels: { ...Labels, "of.the.image": "x", [FOREIGN]: "y" } },
        HostConfig: {
          Runtime: "runc",
          IpcMode: "private",
          LogConfig: { Type: "json-file", Config: { "max-file": "9", ...Config } },
        },
      }),
    );
  };
  const nothing = { labels: {}, logDriver: undefined, logOptions: {}, runtime: undefined };
  expect(read({})).toMatchObject({ ...nothing, ipc: undefined });
  expect(read(given)).toMatchObject({ ...nothing, ...given, ipc: undefined });
  expect(read({ logDriver: "json-file" })).toMatchObject({ ...nothing, logDriver: "json-file" });
});

test("of a container that Axon has not made, all may have been given", () => {
  const Labels = { a: "1", [FOREIGN]: "y", "io.axon.descriptor": "{}" };
  const HostConfig = { LogConfig: { Type: "syslog", Config: { tag: "x" } }, IpcMode: "shareable" };
  expect(fromDocker(inspected({ Config: { Image: "a", Labels }, HostConfig }))).toMatchObject({
    labels: { a: "1", [FOREIGN]: "y" },
    logDriver: "syslog",
    logOptions: { tag: "x" },
    ipc: "shareable",
  });
});

test("a damaged label of ours is no reason to fail", () => {
  const Labels = { "io.axon.image": "a", "io.axon.given": "{", a: "1" };
  expect(fromDocker(inspected({ Config: { Image: "a", Labels } })).labels).toEqual({});
});

test("what the engine adds for who shares all with the host is no difference", () => {
  const wanted = (spec: Partial<ContainerSpec>) =>
    withoutImage(containerSpec({ securityOpt: ["label=disable"], ...spec }), NO_DEFAULTS);
  expect(wanted({ privileged: true }).securityOpt).toEqual([]);
  expect(wanted({ pid: "host" }).securityOpt).toEqual([]);
  expect(wanted({}).securityOpt).toEqual(["label=disable"]);
});

test("what is not given is not sent", () => {
  const { HostConfig, Hostname } = toDocker(containerSpec());
  expect(Hostname).toBeUndefined();
  for (const name of [
    "ReadonlyRootfs",
    "Init",
    "Privileged",
    "CapAdd",
    "ShmSize",
    "Tmpfs",
    "LogConfig",
  ]) {
    expect(HostConfig).not.toHaveProperty(name);
  }
});

test("what the engine chose itself is not ours", () => {
  const Config = { Image: "a", Hostname: ID.slice(0, 12) };
  const HostConfig = { ShmSize: 64 * 2 ** 20, Init: null, CapAdd: null, ReadonlyRootfs: false };
  expect(fromDocker(inspected({ Config, HostConfig }))).toMatchObject({
    hostname: undefined,
    shmSize: undefined,
    initProcess: false,
    readOnly: false,
    capAdd: [],
  });
});
