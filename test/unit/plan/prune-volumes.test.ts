import { expect, test } from "vitest";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { live, liveNetwork, liveVolume, model, running, service } from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";

const mounted = (...names: readonly string[]) => ({
  container: {
    mounts: names.map((source) => ({
      kind: "volume" as const,
      source,
      target: `/${source}`,
      readOnly: false,
    })),
  },
});
const old = service("web", mounted("shop-web-data", "shop-web-cache"));
const wanted = model({ services: [service("web", mounted("shop-web-data"))] });
const volumes = ["shop-gone-data", "shop-web-cache", "shop-web-data"].map((name) =>
  liveVolume(name),
);
const networks = [liveNetwork("shop")];
const there = live({ engine: { containers: [running(old)], networks, volumes } });

const removals = (options: { readonly pruneVolumes?: boolean }) =>
  planDeployment(wanted, there, { digest, ...options }).operations.filter(
    ({ kind }) => kind === "volume.remove",
  );

test("volumes that the model does not have are removed where that is asked for, and only then", () => {
  const ids = removals({ pruneVolumes: true }).map(({ id }) => id);
  expect(ids).toEqual(["volume.remove:shop-gone-data", "volume.remove:shop-web-cache"]);
  expect(removals({})).toEqual([]);
});

test("a volume goes after the containers that had it, and not when anything before has failed", () => {
  for (const { after } of removals({ pruneVolumes: true })) {
    expect(after).toEqual(
      expect.arrayContaining(["container.remove:shop-web-1", "container.awaitReady:shop-web-1"]),
    );
  }
});
