import { expect, test } from "vitest";
import { AxonError } from "../../../src/errors.ts";
import { readCatalogue } from "../../../src/state/read-catalogue.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";

const STORE = {
  "axon/infra/services/keystone/api": "infra-keystone-1:5000",
  "axon/infra/services/mysql/sql": "infra-mysql-1:3306",
  "axon/infra/config/services/keystone/api": "no endpoint",
  "axon/lab/services/mysql/sql": "lab-mysql-1:3306",
  "axon/shop/state/current": "3",
};

test("deployments that are named, and those that have a service, are read", async () => {
  const store = new MemoryKvStore(STORE);
  expect(await readCatalogue(store, { deployments: [], services: ["keystone"] })).toEqual({
    infra: {
      "keystone/api": "infra-keystone-1:5000",
      "mysql/sql": "infra-mysql-1:3306",
    },
  });
  expect(await readCatalogue(store, { deployments: ["lab", "gone"], services: [] })).toEqual({
    lab: { "mysql/sql": "lab-mysql-1:3306" },
    gone: {},
  });
  expect(await readCatalogue(undefined, { deployments: ["lab"], services: ["x"] })).toEqual({});
});

test("a token that may not look around finds nothing there, and still what is named", async () => {
  const store = new MemoryKvStore(STORE);
  store.failOn.set("axon/", new AxonError("STORE_REFUSED", "not allowed"));
  const wanted = { deployments: ["lab"], services: ["keystone"] };
  expect(Object.keys(await readCatalogue(store, wanted))).toEqual(["lab"]);
});
