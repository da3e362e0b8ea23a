import { type ParseOptions, readServicefile, type SourceText } from "../parse-servicefile.ts";
import type { ReferenceEntry } from "../servicefile.ts";
import type { ScalarTree } from "../yaml/tree.ts";
import { type OriginOf, type ShownTree, shownTree } from "./shown-tree.ts";

/** A Servicefile with includes, overlays, variables and the target's numbers put in. Throws as parsing does. */
export function resolveConfig(source: SourceText, options: ParseOptions): ShownTree {
  const { tree, positionOf, servicefile } = readServicefile(source, options);
  const uses = usesByPlace(servicefile.references);
  const originOf: OriginOf = (part) => {
    const { file, line } = positionOf(part);
    return [`${file}:${line}`, ...(uses.get(keyOf(part)) ?? [])].join(", ");
  };
  const shown = withScale(shownTree(tree, originOf), options);
  return withDeployment(shown, servicefile.deployment, options);
}

/** The name that counts, wherever it is said. */
function withDeployment(
  shown: MapShown,
  declared: string | undefined,
  { deploymentName }: ParseOptions,
): ShownTree {
  const other = deploymentName?.(declared);
  if (other === undefined || other.name === declared) return shown;
  const value = { kind: "scalar", value: other.name, origin: other.origin } as const;
  const rest = shown.entries.filter(([key]) => key !== "Deployment");
  return { kind: "map", entries: [["Deployment", value], ...rest] };
}

function usesByPlace(references: readonly ReferenceEntry[]): ReadonlyMap<string, string[]> {
  const uses = new Map<string, string[]>();
  for (const { name, source, path } of references) {
    if (source === undefined) continue;
    const key = JSON.stringify(path);
    uses.set(key, [...(uses.get(key) ?? []), `${name} from ${source}`]);
  }
  return uses;
}

function keyOf({ path }: ScalarTree): string {
  return JSON.stringify(path);
}

type MapShown = Extract<ShownTree, { readonly kind: "map" }>;

function withScale(shown: ShownTree, { scale = {} }: ParseOptions): MapShown {
  if (shown.kind !== "map") throw new Error("a Servicefile is a map");
  const entries = shown.entries.map(([key, body]): readonly [string, ShownTree] => {
    const given = Object.hasOwn(scale, key) ? scale[key] : undefined;
    if (given === undefined) return [key, body];
    const own = body.kind === "map" ? body.entries.filter(([name]) => name !== "scale") : [];
    const { count, at } = given;
    const value = { kind: "scalar", value: count, origin: `${at.file}:${at.line}` } as const;
    return [key, { kind: "map", entries: [...own, ["scale", value]] }];
  });
  return { kind: "map", entries };
}
