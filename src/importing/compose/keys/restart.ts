import { textOf } from "../../node.ts";
import { kept } from "../../out.ts";
import type { Convert } from "../service-context.ts";

export const restart: Convert = (node, { name, project, findings }) => {
  const policy = textOf(node) ?? "no";
  if (!project.oneShots.has(name)) return [["restart", kept(node)]];
  if (policy !== "no")
    findings.drop(`${name}.restart`, node, "a one-shot that fails is told, and not restarted");
  return [];
};
