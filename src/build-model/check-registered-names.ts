import { registeredName } from "../discovery/registered-name.ts";
import { AxonError } from "../errors.ts";
import type { ServiceSpec } from "../model.ts";
import type { BuildInput, Report } from "./build-input.ts";

/** Port "admin" of service "web" and the service "web-admin" would be one in the catalogue, and in its DNS. */
export function checkRegisteredNames(
  services: readonly Pick<ServiceSpec, "name" | "ports">[],
  { deployment, servicefile }: BuildInput,
  report: Report,
): void {
  const owners = new Map<string, { readonly service: string; readonly says: string }>();
  const wanted = services.flatMap(({ name: service, ports }) => {
    const names = Object.keys(ports);
    const own = names.length === 0 ? [] : [{ service, port: undefined, says: service }];
    return [
      ...own,
      ...names.map((port) => ({ service, port, says: `port ${port} of ${service}` })),
    ];
  });
  for (const { service, port, says } of wanted) {
    const name = registeredName({ deployment, service, port });
    const first = owners.get(name);
    if (first === undefined) owners.set(name, { service, says });
    else if (first.service !== service) {
      const key = servicefile.services[service]?.key ?? service;
      const message = `${says} and ${first.says} would both be ${name} in the catalogue`;
      const at = servicefile.locate([key]);
      report(new AxonError("SERVICEFILE_INVALID", message, { at, hint: "Rename one of them." }));
    }
  }
}
