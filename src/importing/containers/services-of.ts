import type { Remarks } from "./remarks.ts";
import { composeLabel, type RunningContainer } from "./running-container.ts";

/** One service and the containers that run it, the first of them as instance 1. */
export interface ImportedService {
  readonly name: string;
  readonly containers: readonly [RunningContainer, ...RunningContainer[]];
}

/** What Compose has made of one service is one service, too; every other container is one by itself. */
export function servicesOf(
  containers: readonly RunningContainer[],
  remarks: Remarks,
): readonly ImportedService[] {
  const services = new Map<string, [RunningContainer, ...RunningContainer[]]>();
  for (const container of containers) {
    const name = serviceName(composeLabel(container, "service") ?? container.name);
    const known = services.get(name);
    if (known === undefined) services.set(name, [container]);
    else if (areOfOneService(known[0], container)) known.push(container);
    else {
      remarks.tell(container.name, `is left out: ${known[0].name} is the service ${name} already`);
    }
  }
  return [...services].map(([name, [first, ...more]]) => {
    const service: ImportedService = { name, containers: [first, ...more] };
    tellNames(service, remarks);
    return service;
  });
}

export function serviceName(text: string): string {
  const label = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return label.slice(0, 63).replaceAll(/^-+|-+$/g, "") || "service";
}

function areOfOneService(a: RunningContainer, b: RunningContainer): boolean {
  const [one, other] = [a, b].map((container) =>
    ["project", "service"].map((name) => composeLabel(container, name)).join("/"),
  );
  return one === other && composeLabel(a, "service") !== undefined;
}

/** `--adopt` finds a container by its name. */
function tellNames({ name, containers }: ImportedService, remarks: Remarks): void {
  for (const [index, container] of containers.entries()) {
    const endings = ["-", "_"].map((dash) => `${dash}${name}${dash}${index + 1}`);
    const isFound =
      (index === 0 && container.name === name) ||
      endings.some((ending) => container.name.endsWith(ending));
    if (isFound) continue;
    const wanted = containers.length === 1 ? name : `${name}-${name}-${index + 1}`;
    const command = `docker rename ${container.name} ${wanted}`;
    remarks.tell(name, `--adopt finds its container after: ${command}`);
  }
}
