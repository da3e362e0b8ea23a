import { childOf, entriesOf, isNull, itemsOf, textOf } from "../../node.ts";
import { kept, mapOf, type Out } from "../../out.ts";
import type { Convert } from "../service-context.ts";

const KNOWN = [
  "test",
  "interval",
  "timeout",
  "retries",
  "start_period",
  "start_interval",
  "disable",
];
/** What the engine does where Compose says nothing, and Axon would do something else. */
const ENGINE_TIMES: Readonly<Record<string, string>> = { interval: "30s", timeout: "30s" };

export const healthcheck: Convert = (node, context) => {
  const { name, findings } = context;
  const test = childOf(node, "test");
  const isOff = textOf(childOf(node, "disable")) === "true";
  if (isOff || textOf(itemsOf(test)[0]) === "NONE") return [["healthcheck", false]];
  for (const [key, value] of entriesOf(node)) {
    if (KNOWN.includes(key) || key.startsWith("x-")) continue;
    findings.drop(`${name}.healthcheck.${key}`, value, "health checks have no such time");
  }
  const usual = test === undefined ? {} : ENGINE_TIMES;
  const given = KNOWN.slice(0, -1).map((key): readonly [string, Out | undefined] => {
    const value = childOf(node, key);
    return [key, value && !isNull(value) ? kept(value) : usual[key]];
  });
  const out = mapOf(given);
  return out.size > 0 ? [["healthcheck", out]] : [];
};
