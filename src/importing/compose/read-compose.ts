import type { SourcePosition } from "../../errors.ts";
import type { Variables } from "../../servicefile/interpolate/variables.ts";
import type { Findings } from "../findings.ts";
import type { MapNode } from "../node.ts";
import { readSource } from "../read-source.ts";
import type { SourceFile } from "../source-file.ts";
import { interpolate } from "./template.ts";

export interface ReadContext {
  readonly variables: Variables;
  readonly findings: Findings;
  /** Names of which it has been told that they are not set, or mean something else. */
  readonly unset: Set<string>;
}

/** A Compose file as it stands, with its variables replaced. */
export function readCompose(source: SourceFile, context: ReadContext): MapNode {
  const { variables, findings, unset } = context;
  return readSource(source, {
    expected: "a Compose file",
    tags: ["!reset", "!override"],
    scalar: ({ value, text, path }, at) => {
      const isIgnored = String(path[0]).startsWith("x-");
      if (typeof value !== "string" || !text.includes("$") || isIgnored) {
        return { value, text, written: text };
      }
      const found = interpolate(text, variables);
      if (found === undefined) {
        const says = `has a "$" that is not the beginning of a variable`;
        const hint = "write ${NAME}, or $$ for a dollar";
        findings.fail({ subject: path.join("."), says, hint }, { at });
        return { value, text, written: text };
      }
      tellReplaced(found.used, at, context);
      for (const name of found.unset.filter((name) => !unset.has(name))) {
        unset.add(name);
        const says = `is not set now: written as \${${name}-}, which is empty as in Compose`;
        findings.remarks.push({ kind: "changed", subject: `\${${name}}`, says, at });
      }
      return { value: found.text, text: found.text, written: found.written };
    },
  });
}

/** Compose replaces variables in the values of .env, and a Servicefile takes them as they are. */
function tellReplaced(
  names: readonly string[],
  at: SourcePosition,
  { variables, findings, unset }: ReadContext,
): void {
  for (const name of names) {
    const found = variables(name);
    const isFromFile = found !== undefined && found.source !== "environment";
    if (!isFromFile || !found.value.includes("$") || unset.has(name)) continue;
    unset.add(name);
    const says = `has a $ in ${found.source}: Compose replaces what it refers to, and a Servicefile does not`;
    findings.remarks.push({ kind: "changed", subject: `\${${name}}`, says, at });
  }
}
