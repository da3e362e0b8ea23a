import { throwAll } from "../../errors.ts";
import { labelFault, labelNear } from "../../servicefile/canonical/dns-label.ts";
import type { Variables } from "../../servicefile/interpolate/variables.ts";
import { Findings } from "../findings.ts";
import type { Imported } from "../imported.ts";
import { childOf, entriesOf, type MapNode, scalarOf, textOf } from "../node.ts";
import type { OtherTexts } from "../other-texts.ts";
import { literal, mapOf, type Out } from "../out.ts";
import { soundServicefile } from "../sound-servicefile.ts";
import type { SourceFile } from "../source-file.ts";
import { importService } from "./import-service.ts";
import { dependenciesOf } from "./keys/depends-on.ts";
import { loadProject } from "./load/load-project.ts";
import { originIn } from "./origin.ts";
import { activeServices } from "./profiles.ts";
import { sections } from "./sections.ts";
import type { Project } from "./service-context.ts";
import { serviceNames } from "./service-names.ts";
import { checkTopLevel } from "./top-level.ts";

export interface ComposeInput {
  /** A later one is merged over an earlier one. */
  readonly files: readonly SourceFile[];
  readonly others: OtherTexts;
  readonly variables: Variables;
  readonly profiles: readonly string[];
  /** What Compose would call the project. */
  readonly projectName: string;
}

/** Throws every problem of the files at once. undefined: another text is needed first. */
export function importCompose(input: ComposeInput): Imported | undefined {
  const { files, others, variables } = input;
  const findings = new Findings();
  const vars = new Map<string, string>();
  const loading = { others, findings, vars, unset: new Set<string>(), trail: [] };
  const content = loadProject(files, variables, loading);
  if (others.wanted.size > 0) return undefined;
  if (content === undefined) {
    throwAll(findings.errors);
    throw new Error("there is no file to import");
  }
  checkTopLevel(content, findings);
  const project = projectOf(content, input, findings);
  const services = [...project.serviceNames].flatMap(([name, key]): [string, Out][] => {
    const body = childOf(childOf(content, "services"), name);
    if (body?.kind === "map")
      return [[key, importService({ name, body, project, variables, findings })]];
    findings.fail({ subject: name, says: "must be a map of keys" }, body ?? content);
    return [];
  });
  if (others.wanted.size > 0) return undefined;
  throwAll(findings.errors);
  const whole = mapOf([
    ...deployment(content, findings),
    ...varsSection(vars),
    ...sections(project),
    ...services,
  ]);
  const text = soundServicefile(whole, { variables, findings, originOf: originIn(project) });
  return { text, remarks: findings.inOrder() };
}

function deployment(content: MapNode, findings: Findings): readonly (readonly [string, Out])[] {
  const name = scalarOf(childOf(content, "name"));
  if (name === undefined) return [];
  if (labelFault(name.text) === undefined) return [["Deployment", name.written]];
  const near = labelNear(name.text);
  findings.change("name", name, `is ${near}: names of deployments have dashes`);
  return [["Deployment", near]];
}

function varsSection(vars: ReadonlyMap<string, string>): readonly (readonly [string, Out])[] {
  const entries = [...vars].map(([name, value]) => [name, literal(value)] as const);
  return entries.length > 0 ? [["Vars", mapOf(entries)]] : [];
}

function projectOf(content: MapNode, input: ComposeInput, findings: Findings): Project {
  const services = childOf(content, "services");
  const names = activeServices(services, input.profiles, findings);
  const needed = entriesOf(services)
    .filter(([name]) => names.includes(name))
    .flatMap(([, body]) => dependenciesOf(childOf(body, "depends_on")));
  const oneShots = needed.filter(({ condition }) => condition === "service_completed_successfully");
  return {
    content,
    name: textOf(childOf(content, "name")) ?? input.projectName,
    serviceNames: serviceNames(names),
    oneShots: new Set(oneShots.map(({ target }) => target)),
    others: input.others,
    texts: new Map(),
    used: { networks: new Set(), volumes: new Set(), configs: new Set(), secrets: new Set() },
  };
}
