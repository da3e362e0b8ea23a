import { throwAll } from "../../errors.ts";
import type { Variables } from "../../servicefile/interpolate/variables.ts";
import type { Project, ServiceContext } from "../compose/service-context.ts";
import { serviceNames } from "../compose/service-names.ts";
import { Findings } from "../findings.ts";
import type { Imported } from "../imported.ts";
import type { MapNode, Node } from "../node.ts";
import { textOf } from "../node.ts";
import type { OtherTexts } from "../other-texts.ts";
import { mapOf, type Out } from "../out.ts";
import { soundServicefile } from "../sound-servicefile.ts";
import type { SourceFile } from "../source-file.ts";
import { importExec } from "./exec.ts";
import { importContainer, isOneShot } from "./import-container.ts";
import { originIn } from "./origin.ts";
import { type Container, readSteps } from "./read-steps.ts";
import { startedBefore } from "./start-order.ts";

export interface DockerConfigInput {
  readonly files: readonly SourceFile[];
  readonly others: OtherTexts;
  readonly variables: Variables;
}

/** Throws every problem of the files at once. undefined: another text is needed first. */
export function importDockerConfig(input: DockerConfigInput): Imported | undefined {
  const { files, others, variables } = input;
  const findings = new Findings();
  const all = distinct(
    files.flatMap((file) => readSteps(file, findings)),
    findings,
  );
  const project = projectOf(all, others);
  const contextOf = ({ name, body }: Container): ServiceContext => {
    return { name, body, project, variables, findings };
  };
  const orderOf = (container: Container) => {
    return { step: container.step, require: requirements(startedBefore(container, all), project) };
  };
  const services = all.filter((container) => !isExec(container));
  const bodies = services.map((container): [string, Out] => {
    const key = project.serviceNames.get(container.name) ?? container.name;
    return [key, importContainer(contextOf(container), orderOf(container))];
  });
  const execs = all.filter(isExec).map((container): [string, Out | undefined] => {
    const key = project.serviceNames.get(container.name) ?? container.name;
    return [key, importExec(contextOf(container), orderOf(container))];
  });
  if (others.wanted.size > 0) return undefined;
  throwAll(findings.errors);
  tellNames(project, all, findings);
  const whole = mapOf([...bodies, ...(execs.length > 0 ? [["Exec", mapOf(execs)] as const] : [])]);
  const text = soundServicefile(whole, { variables, findings, originOf: originIn(all, project) });
  return { text, remarks: findings.inOrder() };
}

function isExec({ body }: Container): boolean {
  return textOf(body.entries.get("action")) === "exec";
}

function distinct(all: readonly Container[], findings: Findings): readonly Container[] {
  const byName = new Map<string, Container>();
  for (const container of all) {
    const { name, body } = container;
    const first = byName.get(name);
    if (first === undefined) byName.set(name, container);
    else {
      const { file, line } = first.body.at;
      findings.fail({ subject: name, says: `is there twice, first in ${file}:${line}` }, body);
    }
  }
  if (byName.size > 0) return [...byName.values()];
  return [];
}

/** Requirements are completed where they are one-shots. */
function requirements(before: readonly Container[], { serviceNames: names }: Project) {
  return new Map(
    before.map((container) => {
      const hasEnd = isOneShot(container) || isExec(container);
      return [names.get(container.name) ?? container.name, hasEnd ? "completed" : "started"];
    }),
  );
}

function projectOf(all: readonly Container[], others: OtherTexts): Project {
  const bodies = all.map(({ name, body }): [string, Node] => [name, body]);
  const at = all[0]?.body.at ?? { file: "", line: 1, column: 1 };
  const content: MapNode = { kind: "map", at, directory: "", entries: new Map(bodies) };
  return {
    content,
    name: "",
    serviceNames: serviceNames(all.map(({ name }) => name)),
    oneShots: new Set(all.filter(isOneShot).map(({ name }) => name)),
    others,
    texts: new Map(),
    used: { networks: new Set(), volumes: new Set(), configs: new Set(), secrets: new Set() },
  };
}

/** Once for all: most of the names have underscores. */
function tellNames(
  { serviceNames: names }: Project,
  [first]: readonly Container[],
  findings: Findings,
): void {
  const renamed = [...names].filter(([name, key]) => name !== key);
  const [example] = renamed;
  if (first === undefined || example === undefined) return;
  const subject = renamed.length === 1 ? example[0] : `${renamed.length} names`;
  const says =
    renamed.length === 1
      ? `is ${example[1]} now`
      : `like ${example[0]} have dashes now: ${example[1]}`;
  findings.change(subject, first.body, says);
}
