import { childOf, entriesOf, isNull } from "../../node.ts";
import { kept, mapOf } from "../../out.ts";
import type { Convert } from "../service-context.ts";
import { textOut } from "./environment.ts";

export const logging: Convert = (node) => {
  const driver = childOf(node, "driver");
  const options = entriesOf(childOf(node, "options")).flatMap(([name, value]) =>
    value.kind === "scalar" && !isNull(value) ? [[name, textOut(value)] as const] : [],
  );
  const out = mapOf([
    ["driver", driver && kept(driver)],
    ["options", options.length > 0 ? mapOf(options) : undefined],
  ]);
  return out.size > 0 ? [["logging", out]] : [];
};
