import { engineHosts, openDockerWorld } from "../../helpers/docker-world.ts";
import { describeEngine } from "../engine.ts";

const CHECK = { interval: 100, timeout: 1000, startPeriod: 0, retries: 1000 };

const open = async (host: string) => {
  const { engine, deployment, image, dispose } = await openDockerWorld(host);
  const sleep = { image, command: ["sleep", "1000"] };
  return {
    engine,
    deployment,
    roles: {
      runs: sleep,
      succeeds: { image, command: ["true"] },
      fails: { image, command: ["sh", "-c", "echo one; echo two ü; echo three >&2; exit 3"] },
      healthy: { ...sleep, healthcheck: { ...CHECK, test: ["CMD", "true"] } },
      sick: { ...sleep, healthcheck: { ...CHECK, test: ["CMD", "false"] } },
      hopeless: {
        ...sleep,
        healthcheck: { ...CHECK, interval: 1000, retries: 1, test: ["CMD", "false"] },
      },
    },
    dispose,
  };
};

for (const host of engineHosts()) describeEngine(`Docker at ${host}`, () => open(host));
