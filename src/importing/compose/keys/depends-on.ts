import { childOf, entriesOf, itemsOf, type Node, textOf } from "../../node.ts";
import { mapOf } from "../../out.ts";
import type { Convert, ServiceContext } from "../service-context.ts";

const CONDITIONS: Readonly<Record<string, string>> = {
  service_started: "started",
  service_healthy: "healthy",
  service_completed_successfully: "completed",
};

export interface Dependency {
  readonly target: string;
  /** As Compose calls it. */
  readonly condition: string;
  readonly node: Node;
}

export function dependenciesOf(node: Node | undefined): readonly Dependency[] {
  if (node?.kind === "map") {
    return entriesOf(node).map(([target, body]) => {
      const condition = textOf(childOf(body, "condition")) ?? "service_started";
      return { target, condition, node: body };
    });
  }
  return itemsOf(node).map((item) => {
    return { target: textOf(item) ?? "", condition: "service_started", node: item };
  });
}

export const dependsOn: Convert = (node, context) => {
  const needed = dependenciesOf(node).flatMap((dependency) => requirement(dependency, context));
  if (needed.length === 0) return [];
  const isPlain = needed.every(([, condition]) => condition === "started");
  return [["require", isPlain ? needed.map(([target]) => target) : mapOf(needed)]];
};

type Requirement = readonly [target: string, condition: string];

function requirement(dependency: Dependency, context: ServiceContext): readonly Requirement[] {
  const { target, node } = dependency;
  const { project, findings } = context;
  const subject = `${context.name}.depends_on.${target}`;
  const name = project.serviceNames.get(target);
  const isOptional = textOf(childOf(node, "required")) === "false";
  if (name === undefined) {
    if (isOptional) findings.drop(subject, node, "is not required, and is not there");
    else findings.fail({ subject, says: `is not there: no service has the name ${target}` }, node);
    return [];
  }
  if (isOptional) findings.change(subject, node, "is required, because it is there");
  if (textOf(childOf(node, "restart")) === "true") {
    findings.drop(`${subject}.restart`, node, "a service is not restarted because another one is");
  }
  return [[name, conditionOf({ ...dependency, subject }, context)]];
}

function conditionOf(
  { target, condition, node, subject }: Dependency & { readonly subject: string },
  { project, findings }: ServiceContext,
): string {
  const wanted = CONDITIONS[condition];
  if (wanted === undefined) {
    const hint = `it can be ${Object.keys(CONDITIONS).join(", ")}`;
    findings.fail({ subject, says: `has the unknown condition ${condition}`, hint }, node);
  }
  if (!project.oneShots.has(target) || wanted === "completed") return wanted ?? "started";
  findings.change(subject, node, `${target} is a one-shot, and has ended when others start`);
  return "completed";
}
