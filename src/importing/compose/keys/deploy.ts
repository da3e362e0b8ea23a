import { childOf, entriesOf, isNull, type Node, textOf } from "../../node.ts";
import { kept } from "../../out.ts";
import type { Convert, Entries, ServiceContext } from "../service-context.ts";

const LIMITS: Readonly<Record<string, string>> = {
  "limits.cpus": "cpus",
  "limits.memory": "memory",
  "limits.pids": "pids_limit",
  "reservations.memory": "memory_reservation",
};

const RESTART: Readonly<Record<string, string>> = {
  none: "no",
  "on-failure": "on-failure",
  any: "always",
};

/** As Compose does it on an engine, where most of it is for Swarm. */
export const deploy: Convert = (node, context) =>
  entriesOf(node).flatMap(([key, value]): Entries => {
    if (key === "resources") return resources(value, context);
    if (key === "replicas") return [["scale", kept(value)]];
    if (key === "restart_policy") return restartPolicy(value, context);
    if (!key.startsWith("x-")) {
      const says = "Compose does not look at it on an engine";
      context.findings.drop(`${context.name}.deploy.${key}`, value, says);
    }
    return [];
  });

function resources(node: Node, { name, findings }: ServiceContext): Entries {
  const given = entriesOf(node).flatMap(([group, body]) =>
    entriesOf(body).map(([key, value]) => [`${group}.${key}`, value] as const),
  );
  return given.flatMap(([path, value]): Entries => {
    const key = LIMITS[path];
    if (key !== undefined) return isNull(value) ? [] : [[key, kept(value)]];
    if (path === "reservations.devices") return [["gpus", kept(value)]];
    findings.drop(
      `${name}.deploy.resources.${path}`,
      value,
      "Compose does not look at it on an engine",
    );
    return [];
  });
}

function restartPolicy(node: Node, { name, project, findings }: ServiceContext): Entries {
  for (const [key, value] of entriesOf(node)) {
    if (["condition", "max_attempts"].includes(key)) continue;
    const says = "Compose does not look at it on an engine";
    findings.drop(`${name}.deploy.restart_policy.${key}`, value, says);
  }
  if (project.oneShots.has(name)) return [];
  const condition = RESTART[textOf(childOf(node, "condition")) ?? "any"] ?? "always";
  const attempts = textOf(childOf(node, "max_attempts"));
  const isLimited = condition === "on-failure" && attempts !== undefined;
  return [["restart", isLimited ? `${condition}:${attempts}` : condition]];
}
