import { afterAll, beforeAll } from "vitest";
import { openEtcd } from "../../../src/kv/etcd/etcd.ts";
import { startEtcd, type TestEtcd } from "../../helpers/etcd.ts";
import { describeKvStore } from "../kv-store.ts";

let etcd: TestEtcd;

beforeAll(async () => {
  etcd = await startEtcd();
});

afterAll(() => etcd?.[Symbol.asyncDispose]());

describeKvStore("etcd", () => openEtcd(etcd.address), {
  server: { restart: () => etcd.restart() },
});
