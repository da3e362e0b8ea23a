import { expect, test } from "vitest";
import { planDestruction } from "../../../src/plan/plan-destruction.ts";
import { Secret } from "../../../src/secret.ts";
import { live, liveNetwork } from "../../helpers/build.ts";

test("of networks that share a name, as the engine lets them, each is removed", () => {
  const twins = ["a", "b"].map((id) => ({ ...liveNetwork("shop"), id }));
  const there = live({ engine: { containers: [], networks: twins, volumes: [] } });
  const { operations } = planDestruction("shop", there, { volumes: false });
  const removed = operations.flatMap((item) =>
    item.kind === "network.remove" ? [item.network] : [],
  );
  expect(removed).toEqual(["a", "b"]);
});

test("the lock, which is in the deployment's part of the store, goes after all that is done under it", () => {
  const rights = { rights: {}, isBound: true, isCatalogueOpen: false };
  const token = { kind: "seen", value: new Secret("t"), ...rights } as const;
  const there = live({ engine: { networks: [liveNetwork("shop")] }, store: { keys: 3 } });
  const { operations } = planDestruction("shop", { ...there, token }, { volumes: false });
  const last = operations.at(-1);
  expect(last?.id).toBe("store.write:tree");
  expect(last?.after.toSorted()).toEqual(["network.remove:shop-id", "token.revoke"]);
});
