import { NOT_THERE_YET } from "./drift.ts";
import type { AttributeChange, Change, Held, Notice, Plan, Section } from "./plan.ts";
import { renderValue } from "./render-value.ts";
import { summarize } from "./summary.ts";

/** How the parts of the text are marked; each answers the text with or without colour. */
export interface Paint {
  readonly add: (text: string) => string;
  readonly change: (text: string) => string;
  readonly remove: (text: string) => string;
  readonly heading: (text: string) => string;
  readonly dim: (text: string) => string;
}

const same = (text: string) => text;
export const NO_PAINT: Paint = { add: same, change: same, remove: same, heading: same, dim: same };

export interface RenderOptions {
  /** First line: what is deployed where. */
  readonly title: string;
  readonly paint: Paint;
}

/** All that is said of a plan in which there is nothing. */
export const NO_CHANGES = "No changes.\n";

/** The plan as a person reads it, in the order in which things will happen. Ends with a line break. */
export function renderPlan(plan: Plan, { title, paint }: RenderOptions): string {
  const notices = plan.notices.map((notice) => renderNotice(notice));
  const { changes, held } = plan;
  if (changes.length === 0) return NO_CHANGES + lines([...held.map(heldLine), ...notices]);
  const width = Math.max(...[...changes, ...held].map(({ name }) => name.length));
  const sections = groupBySection(plan.changes).map(([heading, changes]) =>
    lines([
      paint.heading(heading),
      ...changes.map((change) => renderChange(change, { width, paint })),
    ]),
  );
  return [
    lines([renderTitle(title)]),
    ...sections,
    ...(held.length > 0 ? [renderHeld(held, { width, paint })] : []),
    lines([...notices, summarize(plan)]),
  ].join("\n");
}

/** The lines of changes that belong together, without a heading. */
export function renderChanges(changes: readonly Change[], paint: Paint): readonly string[] {
  const width = Math.max(0, ...changes.map(({ name }) => name.length));
  return changes.map((change) => renderChange(change, { width, paint }));
}

function renderHeld(held: readonly Held[], { width, paint }: Layout): string {
  const rows = held.map(({ name, reason, isLive }) => {
    const why = paint.dim(`# ${reason}${isLive ? "; it keeps running as it is" : ""}`);
    return `  . ${name.padEnd(width)}  held  ${why}`;
  });
  return lines([paint.heading("Held"), ...rows]);
}

function heldLine({ name, reason, isLive }: Held): string {
  return `held: ${name} ${reason}${isLive ? "; it keeps running as it is" : ""}`;
}

/** On one line where a terminal of 80 columns has room for it. */
export function renderTitle(title: string): string {
  return title.length <= 80 ? title : title.replace(/(,|:) (store|the) /, "$1\n  $2 ");
}

/** What is left of a run has a line of its own where one of 80 columns has no room for it. */
export function renderNotice({ code, message }: Notice): string {
  const text = `note: ${message}`;
  if (code !== "RUN_CUT_OFF" || text.length <= 80) return text;
  return text.replace(/ (was cut off|is unfinished): /, " $1:\n  ");
}

function lines(parts: readonly string[]): string {
  return parts.map((part) => `${part}\n`).join("");
}

function groupBySection(changes: readonly Change[]): [string, Change[]][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const heading = headingOf(change.section, changes);
    groups.set(heading, [...(groups.get(heading) ?? []), change]);
  }
  return [...groups];
}

function headingOf(section: Section, changes: readonly Change[]): string {
  if (section.kind === "foundation") return "Foundation";
  if (section.kind === "routes") return "Routes";
  if (section.kind === "removal") return "Removal";
  return `Step ${section.step} · ${contentOf(section.step, changes)}`;
}

function contentOf(step: number, changes: readonly Change[]): string {
  if (step === 0) return "init-region";
  const here = changes.filter(({ section }) => section.kind === "step" && section.step === step);
  const hasTasks = here.some(({ resource }) => resource === "task");
  const hasServices = here.some(({ resource }) => resource === "service");
  if (hasTasks && hasServices) return "bootstrap, services";
  return hasTasks ? "bootstrap" : "services";
}

interface Layout {
  readonly width: number;
  readonly paint: Paint;
}

function renderChange(change: Change, { width, paint }: Layout): string {
  const mark = markOf(change);
  const action = actionOf(change);
  const cause = causeOf(change);
  const head = `${mark.padStart(3)} ${change.name.padEnd(width)}  ${action}`;
  const body = change.attributes.flatMap((attribute) => renderAttribute(attribute, paint));
  const hidden =
    change.unchanged > 0 && change.attributes.length > 0
      ? [
          `      ${paint.dim(`(${change.unchanged} unchanged ${change.unchanged === 1 ? "attribute" : "attributes"} hidden)`)}`,
        ]
      : [];
  return [
    `${colourOf(change, paint)(head.trimEnd())}${cause && `  ${paint.dim(cause)}`}`,
    ...body,
    ...hidden,
  ].join("\n");
}

/** Terraform's: `+` create, `~` in place, `-` remove, `-/+` and `+/-` replace, `>` run or start. */
function markOf(change: Change): string {
  switch (change.action) {
    case "create":
      return "+";
    case "update":
    case "adopt":
      return "~";
    case "replace":
      return change.replacement.order === "stop-first" ? "-/+" : "+/-";
    case "start":
    case "run":
      return ">";
    case "remove":
      return "-";
  }
}

function actionOf(change: Change): string {
  if (change.action === "replace" && change.resource === "service")
    return `replace, ${change.replacement.order}`;
  if (change.action === "update" && change.resource === "service") return "update in place";
  if (change.resource === "task")
    return change.address.startsWith("task.init.") ? "init-region" : "run";
  if (change.resource === "service") return change.action;
  return `${change.action} ${change.resource}`;
}

function causeOf({ action, resource, cause }: Change): string {
  // That it is not there is what `+ create` says already.
  if (cause === "" || (action === "create" && cause === NOT_THERE_YET)) return "";
  return resource === "route" && cause.startsWith("->") ? cause : `# ${cause}`;
}

function colourOf({ action }: Change, paint: Paint): (text: string) => string {
  if (action === "remove") return paint.remove;
  return action === "create" || action === "run" || action === "start" ? paint.add : paint.change;
}

function renderAttribute(attribute: AttributeChange, paint: Paint): string[] {
  const remarks = [
    attribute.drift ? "changed outside of axon" : undefined,
    attribute.note,
    attribute.forcesReplacement ? "forces replacement" : undefined,
  ]
    .filter((remark) => remark !== undefined)
    .join(", ");
  const remark = remarks === "" ? "" : `  ${paint.dim(`# ${remarks}`)}`;
  const [first = "", ...more] = renderValue(attribute);
  return [`      ${first}${remark}`, ...more.map((line) => `        ${line}`)];
}
