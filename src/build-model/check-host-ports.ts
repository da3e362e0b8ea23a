import { AxonError } from "../errors.ts";
import type { ContainerSpec } from "../model.ts";
import type { BuildInput, Report } from "./build-input.ts";

interface Publisher {
  readonly name: string;
  readonly container: ContainerSpec;
}

/** Two services of one file cannot have the same host port. */
export function checkHostPorts(
  services: readonly Publisher[],
  input: BuildInput,
  report: Report,
): void {
  const holders = new Map<string, string>();
  for (const { name, container } of services) {
    for (const { hostAddress, hostPort, protocol } of container.publish) {
      if (hostPort === 0) continue;
      const key = `${hostAddress}:${hostPort}/${protocol}`;
      const holder = holders.get(key);
      holders.set(key, name);
      if (holder !== undefined) report(clash([holder, name], hostPort, input));
    }
  }
}

function clash([first, second]: [string, string], hostPort: number, input: BuildInput): AxonError {
  const { servicefile } = input;
  const key = servicefile.services[second]?.key ?? second;
  const who = first === second ? `${first} publishes` : `${first} and ${second} both publish`;
  return new AxonError(
    "PORT_TAKEN",
    `${who} host port ${hostPort}${first === second ? " twice" : ""}`,
    {
      at: servicefile.locate([key, "publish"]),
      hint: "Publish one of them at another host port.",
      exitCode: 3,
    },
  );
}
