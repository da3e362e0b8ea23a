import { throwAll } from "../../errors.ts";
import type { Variables } from "../../servicefile/interpolate/variables.ts";
import { Findings, type Remark } from "../findings.ts";
import { childOf, entriesOf, type MapNode, textOf } from "../node.ts";
import { mapOf, type Out } from "../out.ts";
import type { SourceFile } from "../source-file.ts";
import { writeServicefile } from "../write-servicefile.ts";
import { importService } from "./import-service.ts";
import { dependenciesOf } from "./keys/depends-on.ts";
import { readCompose } from "./read-compose.ts";
import type { Project } from "./service-context.ts";
import { serviceNames } from "./service-names.ts";

export interface ComposeInput {
  /** A later one is merged over an earlier one. */
  readonly files: readonly SourceFile[];
  readonly variables: Variables;
  /** What Compose would call the project. */
  readonly projectName: string;
}

export interface Imported {
  /** Of the Servicefile. */
  readonly text: string;
  /** In the order of the files. */
  readonly remarks: readonly Remark[];
}

/** Throws every problem of the files at once. */
export function importCompose({ files, variables, projectName }: ComposeInput): Imported {
  const findings = new Findings();
  const unset = new Set<string>();
  const [content] = files.map((file) => readCompose(file, { variables, findings, unset }));
  if (content === undefined) throw new Error("there is no file to import");
  const project = projectOf(content, projectName);
  const services = [...project.serviceNames].flatMap(([name, key]): [string, Out][] => {
    const body = childOf(childOf(content, "services"), name);
    if (body?.kind !== "map") return [];
    return [[key, importService({ name, body, project, variables, findings })]];
  });
  throwAll(findings.errors);
  return { text: writeServicefile(mapOf(services)), remarks: findings.inOrder() };
}

function projectOf(content: MapNode, projectName: string): Project {
  const services = childOf(content, "services");
  const names = entriesOf(services).map(([name]) => name);
  const needed = entriesOf(services).flatMap(([, body]) =>
    dependenciesOf(childOf(body, "depends_on")),
  );
  const oneShots = needed.filter(({ condition }) => condition === "service_completed_successfully");
  return {
    content,
    name: textOf(childOf(content, "name")) ?? projectName,
    serviceNames: serviceNames(names),
    oneShots: new Set(oneShots.map(({ target }) => target)),
  };
}
