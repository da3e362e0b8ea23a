import type { DeviceRequest } from "../../model.ts";
import type { Report } from "../problems/problem.ts";
import { childOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";
import { onlyOne } from "./either-of.ts";
import { textRecord } from "./text-record.ts";
import { sortedWords } from "./words-in.ts";

const ALL = -1;

/** `all`, a number, or a list; `deploy.resources.reservations.devices` is another place for the list. */
export function canonicalGpus(body: Tree, report: Report): readonly DeviceRequest[] {
  const reservations = ["resources", "reservations"].reduce(childOf, childOf(body, "deploy"));
  const tree = onlyOne([childOf(body, "gpus"), childOf(reservations, "devices")], report);
  const text = textOf(tree);
  if (text !== undefined) return [{ ...PLAIN, count: countOf(text) }];
  return itemsOf(tree).map((item) => requestOf(item, report));
}

const PLAIN: DeviceRequest = {
  driver: "",
  count: ALL,
  deviceIds: [],
  capabilities: ["gpu"],
  options: {},
};

function requestOf(item: Tree, report: Report): DeviceRequest {
  const deviceIds = sortedWords(childOf(item, "device_ids"));
  const count = childOf(item, "count");
  const capabilities = sortedWords(childOf(item, "capabilities"));
  if (count !== undefined && deviceIds.length > 0) {
    report({ path: count.path, says: "cannot go with device_ids, which say how many there are" });
  }
  return {
    driver: textOf(childOf(item, "driver")) ?? "",
    count: deviceIds.length > 0 ? 0 : countOf(textOf(count) ?? "all"),
    deviceIds,
    capabilities: capabilities.length > 0 ? capabilities : PLAIN.capabilities,
    options: textRecord(childOf(item, "options"), report),
  };
}

function countOf(text: string): number {
  return text === "all" ? ALL : Number(text);
}
