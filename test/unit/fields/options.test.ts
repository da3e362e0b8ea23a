import { expect, test } from "vitest";
import { diffContainer, fromDocker, toDocker } from "../../../src/fields/table.ts";
import type { ContainerSpec } from "../../../src/model.ts";
import { containerSpec } from "../../helpers/build.ts";

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

test("what is not given is not sent", () => {
  const { HostConfig, Hostname } = toDocker(containerSpec());
  expect(Hostname).toBeUndefined();
  for (const name of ["ReadonlyRootfs", "Init", "Privileged", "CapAdd", "ShmSize"]) {
    expect(HostConfig).not.toHaveProperty(name);
  }
});

test("what the engine chose itself is not ours", () => {
  const Id = "0123456789abcdef";
  const rest = {
    State: { Status: "", ExitCode: 0 },
    NetworkSettings: { Networks: {} },
    Mounts: [],
  };
  const Config = { Image: "a", Hostname: Id.slice(0, 12) };
  const HostConfig = { ShmSize: 64 * 2 ** 20, Init: null, CapAdd: null, ReadonlyRootfs: false };
  expect(fromDocker({ Id, Name: "/a", Image: "a", Config, HostConfig, ...rest })).toMatchObject({
    hostname: undefined,
    shmSize: undefined,
    initProcess: false,
    readOnly: false,
    capAdd: [],
  });
});
