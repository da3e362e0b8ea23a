import { isNull, textOf } from "../../node.ts";
import { kept } from "../../out.ts";
import type { Convert } from "../service-context.ts";

/** `host`, or `service:db`, where the service may have another name here. */
export function namespace(key: string): Convert {
  return (node, { project }) => {
    if (isNull(node)) return [];
    const [, kind, name = ""] = /^(service|container):(.+)$/.exec(textOf(node) ?? "") ?? [];
    const service = project.serviceNames.get(name);
    return [[key, kind === undefined || service === undefined ? kept(node) : `service:${service}`]];
  };
}
