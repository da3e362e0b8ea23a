import { expect, test } from "vitest";
import { diffContainer, fromDocker, toDocker, toDockerUpdate } from "../../../src/fields/table.ts";
import type { ContainerSpec } from "../../../src/model.ts";
import { containerSpec } from "../../helpers/build.ts";

const MEGA = 2 ** 20;
const diff = (before: Partial<ContainerSpec>, after: Partial<ContainerSpec>) =>
  diffContainer(containerSpec(before), containerSpec(after)).deltas;

test("a limit that is set or changed is changed in place, and told as one writes it", () => {
  expect(diff({ memory: 256 * MEGA }, { memory: 512 * MEGA })).toEqual([
    { delta: { path: "memory", before: "256m", after: "512m" }, change: "update" },
  ]);
  expect(diff({ cpus: 0.5 }, { cpus: 1 })).toMatchObject([{ change: "update" }]);
  expect(diff({ pidsLimit: 10 }, {})).toMatchObject([{ change: "update" }]);
  expect(diff({ memory: 1536 * MEGA }, { memory: 100 })).toMatchObject([
    { delta: { before: "1536m", after: "100" } },
  ]);
});

test("what the engine cannot lift makes a new container", () => {
  expect(diff({ memory: MEGA }, {})).toMatchObject([{ change: "replace" }]);
  expect(diff({ cpus: 1 }, {})).toMatchObject([{ change: "replace" }]);
});

test("swap is changed in place, and having no limit is the same as saying nothing", () => {
  expect(diff({ memory: MEGA }, { memory: MEGA, memorySwap: 3 * MEGA })).toMatchObject([
    { delta: { path: "memory_swap", before: undefined, after: "3m" }, change: "update" },
  ]);
  expect(diff({ memorySwap: 3 * MEGA }, { memorySwap: -1 })).toMatchObject([
    { delta: { before: "3m", after: "unlimited" } },
  ]);
  expect(diff({ memorySwap: -1 }, {})).toEqual([]);
  const limits = { memory: MEGA, memorySwap: 3 * MEGA };
  expect(toDockerUpdate(containerSpec(limits))).toMatchObject({ MemorySwap: 3 * MEGA });
});

test.each<[keyof ContainerSpec, number | string]>([
  ["memoryReservation", MEGA],
  ["cpuShares", 512],
  ["cpuset", "0-1"],
])("%s is changed in place, and lifted by a new container", (name, value) => {
  expect(diff({}, { [name]: value })).toMatchObject([{ change: "update" }]);
  expect(diff({ [name]: value }, {})).toMatchObject([{ change: "replace" }]);
});

test("an update sends memory with its swap, and lifts the limit of processes", () => {
  const { HostConfig } = toDocker(containerSpec({ memory: MEGA, cpus: 0.1, pidsLimit: 3 }));
  expect(HostConfig).toMatchObject({ Memory: MEGA, NanoCpus: 100_000_000, PidsLimit: 3 });
  expect(HostConfig).not.toHaveProperty("MemorySwap");
  expect(toDockerUpdate(containerSpec({ memory: MEGA }))).toEqual({
    RestartPolicy: { Name: "unless-stopped", MaximumRetryCount: 0 },
    Memory: MEGA,
    MemorySwap: 2 * MEGA,
    PidsLimit: -1,
  });
});

test.each([0, -1, null])("%o processes are no limit", (PidsLimit) => {
  const container = { Id: "a", Name: "/a", Image: "b", Config: { Image: "b" }, Mounts: [] };
  const rest = { State: { Status: "", ExitCode: 0 }, NetworkSettings: { Networks: {} } };
  const HostConfig = { PidsLimit, Memory: 0, NanoCpus: 0 };
  expect(fromDocker({ ...container, ...rest, HostConfig })).toMatchObject({
    pidsLimit: undefined,
    memory: undefined,
    cpus: undefined,
  });
});
