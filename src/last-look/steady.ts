import type { Read } from "../http/pipeline.ts";
import type { Answer } from "../http/watcher.ts";
import { isObject } from "../state/json-record.ts";

/** Headers that adapters read. The others tell the time and how long the answer is. */
const HEADERS = [
  "api-version",
  "server",
  "x-consul-results-filtered-by-acls",
  "x-docker-container-path-stat",
];

/**
 * What counts of an answer: all of it, but for what moves by itself (the text `Up 3 minutes`, what health checks
 * wrote and that one is running) and the order in which the engine happens to tell things that have none.
 */
export function steady(read: Read, { status, headers, text }: Answer): string {
  const told = HEADERS.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : []));
  return JSON.stringify([status, told, steadyBody(pathOf(read), text)]);
}

function pathOf(read: Read): string {
  return read.replace(/^\w+ /, "").replace(/\?.*$/, "");
}

function steadyBody(path: string, text: string): unknown {
  const body = tryParse(text);
  if (path === "/containers/json") return inOrder(body, steadyEntry);
  if (path === "/networks") return inOrder(body);
  if (path === "/v1/agent/checks") return eachOf(body, without("Output"));
  if (path === "/volumes") return altered(body, "Volumes", inOrder);
  if (/^\/containers\/[^/]+\/json$/.test(path)) return steadyContainer(body);
  return body;
}

function steadyEntry(entry: unknown): unknown {
  return altered(without("Status")(entry), "Ports", inOrder);
}

function steadyContainer(container: unknown): unknown {
  const ordered = altered(without("ExecIDs")(container), "Mounts", inOrder);
  return altered(ordered, "State", (state) => altered(state, "Health", without("Log")));
}

function without(name: string): (of: unknown) => unknown {
  return (of) => {
    if (!isObject(of)) return of;
    const { [name]: _, ...rest } = of;
    return rest;
  };
}

function eachOf(items: unknown, change: (item: unknown) => unknown): unknown {
  if (!isObject(items)) return items;
  return Object.fromEntries(Object.entries(items).map(([key, item]) => [key, change(item)]));
}

function altered(of: unknown, name: string, change: (value: unknown) => unknown): unknown {
  return isObject(of) && name in of ? { ...of, [name]: change(of[name]) } : of;
}

function inOrder(items: unknown, change: (item: unknown) => unknown = (item) => item): unknown {
  if (!Array.isArray(items)) return items;
  return items.map((item) => JSON.stringify(change(item))).sort();
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
