import { diffContainer } from "../../fields/table.ts";
import { mapOf, type Out } from "../out.ts";
import { writeServicefile } from "../write-servicefile.ts";
import { envOf, type Hidden, writeHidden } from "./env-of.ts";
import { networksOf, type Places, sectionsOf, volumesOf } from "./places-of.ts";
import { Remarks } from "./remarks.ts";
import { requireOf } from "./require-of.ts";
import type { RunningContainer } from "./running-container.ts";
import { type ImportedService, servicesOf } from "./services-of.ts";
import { unsaidFields, writtenFields } from "./spec-rows.ts";

export interface ImportedContainers {
  /** Of the Servicefile. */
  readonly text: string;
  /** Of an `.env` beside it, with what only the containers are to know; "": there is nothing of that kind. */
  readonly hidden: string;
  /** What is not in them, or in another way. */
  readonly remarks: readonly string[];
  readonly services: number;
}

/** A Servicefile of which `plan --adopt` has as little to say as can be. */
export function importContainers(
  containers: readonly RunningContainer[],
  deployment: string | undefined,
): ImportedContainers {
  const remarks = new Remarks();
  const running = containers.filter(({ name, status }) => {
    if (status === "running" || status === "paused") return true;
    remarks.tell(name, `is left out: it is ${status}`);
    return false;
  });
  const hidden: Hidden = new Map();
  const places: Places = { volumes: new Set(), networks: new Set() };
  const found = servicesOf(running, remarks);
  const services = found.map((service): readonly [string, Out] => {
    return [service.name, serviceOut(service, { places, hidden, remarks, found })];
  });
  const content = mapOf([["Deployment", deployment], ...sectionsOf(places), ...services]);
  return {
    text: writeServicefile(content),
    hidden: writeHidden(hidden),
    remarks: remarks.lines,
    services: services.length,
  };
}

interface Import {
  readonly places: Places;
  readonly hidden: Hidden;
  readonly remarks: Remarks;
  readonly found: readonly ImportedService[];
}

function serviceOut(service: ImportedService, { places, hidden, remarks, found }: Import): Out {
  const [first, ...others] = service.containers;
  for (const what of [...unsaidFields(first.spec), ...first.beyond])
    remarks.tell(service.name, `does not have ${what}`);
  for (const { name, spec } of others) {
    const paths = diffContainer(first.spec, spec).deltas.map(({ delta }) => delta.path);
    const differing = paths.filter(
      (path) => !/^(networks\.|labels\.com\.docker\.compose\.)/.test(path),
    );
    if (differing.length > 0) {
      remarks.tell(
        service.name,
        `is like ${first.name}; ${name} has another ${differing.join(", ")}`,
      );
    }
  }
  return mapOf([
    ...writtenFields(first.spec),
    ["env", envOf(service, hidden)],
    ["volumes", volumesOf(service, places)],
    ...networksOf(service, places, remarks),
    ["logging", loggingOf(service)],
    ["require", requireOf(service, found, remarks)],
    ["scale", others.length > 0 ? service.containers.length : undefined],
  ]);
}

/** What engines do by themselves need not be said: an adopted container keeps it. */
function loggingOf({ containers: [{ spec }] }: ImportedService): Out | undefined {
  const options = Object.entries(spec.logOptions);
  const isUsual = spec.logDriver === undefined || spec.logDriver === "json-file";
  if (isUsual && options.length === 0) return undefined;
  return mapOf([
    ["driver", spec.logDriver],
    ["options", options.length > 0 ? mapOf(options) : undefined],
  ]);
}
