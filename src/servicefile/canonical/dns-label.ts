import type { Problem, Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { Path } from "../yaml/tree.ts";

const LONGEST = 63;

/** What keeps a text from being a DNS label; undefined when nothing does. */
export function labelFault(text: string): string | undefined {
  if (text === "") return "is empty";
  const wrong = /[^a-z0-9-]/u.exec(text)?.[0];
  if (wrong !== undefined && /[A-Z]/.test(wrong)) return `has the upper-case letter "${wrong}"`;
  if (wrong !== undefined) return `has the character ${quoted(wrong)}`;
  if (text.startsWith("-") || text.endsWith("-")) return "begins or ends with a dash";
  return text.length > LONGEST ? `is longer than ${LONGEST} characters` : undefined;
}

/** Reports a name that is no DNS label. Says whether it can be used. */
export function checkLabel(text: string, path: Path, report: Report): boolean {
  const problem = labelProblem(text, path);
  if (problem) report(problem);
  return problem === undefined;
}

export function labelProblem(text: string, path: Path): Problem | undefined {
  const fault = labelFault(text);
  if (fault === undefined) return undefined;
  const says = `cannot be used: the name ${quoted(text)} ${fault}`;
  return { path, says, hint: labelHint(text) };
}

/** The label that comes nearest to the text; "" when nothing of it can be used. */
export function labelNear(text: string): string {
  const dashed = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return dashed.slice(0, LONGEST).replaceAll(/^-+|-+$/g, "");
}

function labelHint(text: string): string {
  const near = labelNear(text);
  const rule = "use a-z, 0-9 and dashes";
  return near === "" ? rule : `${rule}, for example "${near}"`;
}
