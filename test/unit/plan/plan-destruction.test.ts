import { expect, test } from "vitest";
import { planDestruction } from "../../../src/plan/plan-destruction.ts";
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
