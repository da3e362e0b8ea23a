import type { Live } from "../src/live.ts";
import type { Model } from "../src/model.ts";
import { planDeployment } from "../src/plan/plan-deployment.ts";
import { live, liveNetwork, running } from "../test/helpers/build.ts";
import { buildFrom } from "../test/helpers/build-from.ts";

/** Milliseconds that `planDeployment` alone takes, each time it is called, on a live state that was made up. */
export function planner(servicefile: string, state: "equal" | "empty"): () => number {
  const { model } = buildFrom(servicefile);
  const there = state === "equal" ? equalTo(model) : live();
  return () => {
    const began = performance.now();
    const { changes } = planDeployment(model, there, { digest: (text) => text });
    const took = performance.now() - began;
    if ((changes.length === 0) !== (state === "equal")) {
      throw new Error(`${changes.length} changes, and what is live is ${state}`);
    }
    return took;
  };
}

function equalTo({ networks, services }: Model): Live {
  const containers = Object.values(services).map((service) => running(service));
  return live({
    engine: { containers, networks: Object.keys(networks).map((name) => liveNetwork(name)) },
  });
}
