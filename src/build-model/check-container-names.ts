import { AxonError } from "../errors.ts";
import type { ServiceSpec, TaskSpec } from "../model.ts";
import type { BuildInput, Report } from "./build-input.ts";

interface Containers {
  readonly services: readonly Pick<ServiceSpec, "name" | "containerNames">[];
  readonly tasks: readonly Pick<TaskSpec, "id" | "service" | "containerName">[];
}

/** Two parts of the file can come to one name of a container, which the engine gives only once. */
export function checkContainerNames(
  { services, tasks }: Containers,
  input: BuildInput,
  report: Report,
): void {
  const owners = new Map<string, string>();
  const wanted = [
    ...services.flatMap(({ name, containerNames }) =>
      containerNames.map((container) => ({ container, owner: name, path: keyPath(name, input) })),
    ),
    ...tasks.map(({ id, service, containerName }) => ({
      container: containerName,
      owner: id,
      path: input.servicefile.exec[id]?.path ?? keyPath(service, input),
    })),
  ];
  for (const { container, owner, path } of wanted) {
    const first = owners.get(container);
    if (first === undefined) owners.set(container, owner);
    else {
      const message = `${owner} and ${first} would both have the container ${container}`;
      const at = input.servicefile.locate(path);
      report(new AxonError("SERVICEFILE_INVALID", message, { at, hint: "Rename one of them." }));
    }
  }
}

function keyPath(service: string, { servicefile }: BuildInput): readonly string[] {
  return [servicefile.services[service]?.key ?? service];
}
