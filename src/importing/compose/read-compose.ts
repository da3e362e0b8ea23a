import type { Variables } from "../../servicefile/interpolate/variables.ts";
import type { Findings } from "../findings.ts";
import type { MapNode } from "../node.ts";
import { readSource } from "../read-source.ts";
import type { SourceFile } from "../source-file.ts";
import { interpolate } from "./template.ts";

export interface ReadContext {
  readonly variables: Variables;
  readonly findings: Findings;
  /** Names of which it has been told that they are not set. */
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
      for (const name of found.unset.filter((name) => !unset.has(name))) {
        unset.add(name);
        const says = `is not set now: written as \${${name}-}, which is empty as in Compose`;
        findings.remarks.push({ kind: "changed", subject: `\${${name}}`, says, at });
      }
      return { value: found.text, text: found.text, written: found.written };
    },
  });
}
