import type { DockerContainer } from "../../fields/docker-api.ts";
import { fromDocker, withoutImage } from "../../fields/table.ts";
import type { ContainerStatus, ImageDefaults, LiveContainer } from "../../live.ts";
import { boundPorts } from "./bound-ports.ts";
import { identityFrom } from "./labels.ts";

/** Without knowing the image there is nothing to take out but what "nothing given" is written as. */
const UNKNOWN_IMAGE: ImageDefaults = {
  entrypoint: undefined,
  command: undefined,
  env: {},
  user: undefined,
  exposedPorts: [],
  hasHealthcheck: false,
  volumes: [],
};

export function fromInspect(
  container: DockerContainer,
  image: ImageDefaults = UNKNOWN_IMAGE,
): LiveContainer {
  return {
    id: container.Id,
    name: container.Name.replace(/^\//, ""),
    identity: identityFrom(container.Config.Labels ?? {}),
    status: container.State.Status as ContainerStatus,
    health: (container.State.Health?.Status ?? "none") as LiveContainer["health"],
    exitCode: exitCodeFrom(container),
    bound: boundPorts(container),
    spec: withoutImage(fromDocker(container), image),
  };
}

export function exitCodeFrom({ State }: DockerContainer): number | undefined {
  const hasEnded = ["exited", "dead", "restarting"].includes(State.Status);
  return hasEnded ? State.ExitCode : undefined;
}
