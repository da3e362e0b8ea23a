interface Named {
  readonly id: string;
  readonly name: string;
}

/** Keys of routes, in which containers have names in place of ids, and lists of servers no number. */
export function stableRoutes(
  keys: Readonly<Record<string, string>>,
  containers: readonly Named[],
): Record<string, string> {
  let text = JSON.stringify(keys).replaceAll(/=v\d+/g, "");
  for (const { id, name } of containers) {
    text = text.replaceAll(id.slice(0, 12), name.replace(/^\//, ""));
  }
  return JSON.parse(text);
}

export function named(
  containers: readonly { readonly Id: string; readonly Names: readonly string[] }[],
) {
  return containers.map(({ Id, Names }) => ({ id: Id, name: Names[0] ?? "" }));
}
