import { entriesOf, itemsOf } from "../../node.ts";
import { pairsAsMap } from "../load/as-map.ts";
import type { Convert } from "../service-context.ts";

/** `name=address` or `name:address`; a name may have several addresses. */
export const extraHosts: Convert = (node) => {
  const hosts = entriesOf(pairsAsMap(node, /[=:]/)).flatMap(([name, value]) =>
    itemsOf(value).flatMap((address) =>
      address.kind === "scalar" ? [`${name}:${address.written.replace(/^\[(.*)\]$/, "$1")}`] : [],
    ),
  );
  return hosts.length > 0 ? [["extra_hosts", hosts]] : [];
};
