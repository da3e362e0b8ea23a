import { afterAll, beforeAll } from "vitest";
import { openZooKeeper } from "../../../src/kv/zookeeper/zookeeper.ts";
import { startZooKeeper, type TestZooKeeper } from "../../helpers/zookeeper.ts";
import { describeKvStore } from "../kv-store.ts";

let zookeeper: TestZooKeeper;

beforeAll(async () => {
  zookeeper = await startZooKeeper();
});

afterAll(() => zookeeper?.[Symbol.asyncDispose]());

describeKvStore("ZooKeeper", () => openZooKeeper(zookeeper.address));
