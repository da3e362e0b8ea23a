import type { Findings } from "../findings.ts";
import { entriesOf, type MapNode, type Node } from "../node.ts";
import { literal } from "../out.ts";
import { readSource } from "../read-source.ts";
import type { SourceFile } from "../source-file.ts";

/** A container of docker_config, before it is known what it becomes. */
export interface Container {
  readonly name: string;
  readonly body: MapNode;
  /** 1 to 5; undefined: neither the file nor its name tell. */
  readonly step: number | undefined;
}

const STEP = /^step_?(\d+)$/;

/** Steps with their containers, or the containers of the step that the file is named after. */
export function readSteps(source: SourceFile, findings: Findings): readonly Container[] {
  const content = readSource(source, {
    expected: "a docker_config",
    // Nothing is replaced in it, so that every dollar is one.
    scalar: ({ value, text }) => ({ value, text, written: literal(text) }),
  });
  const inner = content.entries.get("docker_config");
  const top = inner?.kind === "map" ? inner : content;
  const isOfSteps = entriesOf(top).some(([key]) => STEP.test(key));
  const [, number] = /step_?(\d)(?!\d)[^/]*$/.exec(source.file) ?? [];
  if (!isOfSteps)
    return containersOf(top, number === undefined ? undefined : Number(number), findings);
  return entriesOf(top).flatMap(([key, body]) => {
    const [, digits] = STEP.exec(key) ?? [];
    const step = Number(digits);
    if (digits === undefined) findings.drop(key, body, "is not a step");
    else if (step < 1 || step > 5) {
      findings.fail({ subject: key, says: "is none of the steps 1 to 5" }, body);
    } else if (body.kind === "map") return containersOf(body, step, findings);
    return [];
  });
}

function containersOf(
  map: MapNode,
  step: number | undefined,
  findings: Findings,
): readonly Container[] {
  return entriesOf(map).flatMap(([name, body]: readonly [string, Node]) => {
    if (body.kind === "map") return [{ name, body, step }];
    findings.fail({ subject: name, says: "must be a map of keys, like image and command" }, body);
    return [];
  });
}
