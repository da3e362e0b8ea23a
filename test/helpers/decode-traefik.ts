import { reveal, type Text } from "../../src/secret.ts";

interface Router {
  readonly rule: string;
  readonly service: string;
  readonly priority?: string;
  readonly middlewares?: readonly string[];
}

export interface Dynamic {
  readonly routers: Record<string, Router>;
  readonly services: Record<string, { loadbalancer: { servers: readonly { url: string }[] } }>;
  readonly middlewares?: Record<string, Record<string, unknown>>;
}

type Tree = Map<string, Tree | string>;

/**
 * What Traefik's key-value provider makes of the keys, after its documentation: names are compared without
 * case; a number is a place in a list, and places are ordered as text; a list of texts is put together with
 * commas and taken apart at each comma.
 */
export function decodeTraefik(entries: Readonly<Record<string, Text>>): Dynamic {
  const root: Tree = new Map();
  for (const key of Object.keys(entries).sort()) {
    insert(root, key.split("/"), reveal(entries[key] ?? ""));
  }
  const { traefik } = plain(root) as { traefik: { http: Dynamic } };
  return traefik.http;
}

function insert(tree: Tree, [part = "", ...rest]: readonly string[], value: string): void {
  const key = [...tree.keys()].find((known) => known.toLowerCase() === part.toLowerCase()) ?? part;
  if (rest.length === 0) {
    if (tree.has(key)) throw new Error(`written twice: ${key}`);
    tree.set(key, value);
    return;
  }
  const next = tree.get(key) ?? new Map();
  if (typeof next === "string") throw new Error(`both a value and a group: ${key}`);
  tree.set(key, next);
  insert(next, rest, value);
}

function plain(tree: Tree | string): unknown {
  if (typeof tree === "string") return tree;
  const keys = [...tree.keys()];
  const values = keys.map((key) => plain(tree.get(key) ?? ""));
  if (!keys.every((key) => /^\d+$/.test(key))) {
    return Object.fromEntries(keys.map((key, index) => [key, values[index]]));
  }
  return values.every((value) => typeof value === "string") ? values.join(",").split(",") : values;
}
