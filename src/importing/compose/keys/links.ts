import { itemsOf, textOf } from "../../node.ts";
import type { Convert } from "../service-context.ts";

/** A link is an order to start in, and on networks no more than a name. */
export const links: Convert = (node, context) =>
  itemsOf(node).flatMap((item) => {
    const [target = "", alias] = (textOf(item) ?? "").split(":");
    const { name, project, findings } = context;
    if (alias !== undefined && alias !== target) {
      const says = `${target} is not known to this service alone as ${alias}: give it this alias in networks`;
      findings.drop(`${name}.links`, item, says);
    }
    const service = project.serviceNames.get(target);
    if (service === undefined) {
      findings.fail({ subject: `${name}.links`, says: `has ${target}, which is not there` }, item);
      return [];
    }
    const condition = project.oneShots.has(target) ? "completed" : "started";
    return [["require", new Map([[service, condition]])] as const];
  });
