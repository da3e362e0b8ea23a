import { nearest } from "../../servicefile/nearest.ts";
import type { Entries, ServiceContext } from "../compose/service-context.ts";
import { mergeEntries } from "../merge-entries.ts";
import { childOf, entriesOf, isNull, type Node, textOf } from "../node.ts";
import { mapOf, type OutMap } from "../out.ts";
import { CONTAINER_KEYS, ORDER_KEYS, UNSUPPORTED_KEYS } from "./container-keys.ts";
import type { Container } from "./read-steps.ts";

export interface Order {
  readonly step: number | undefined;
  readonly require: OutMap;
}

/** A container as a service, or as a one-shot where its end is waited for. */
export function importContainer(context: ServiceContext, { step, require }: Order): OutMap {
  tellOthers(context);
  const given = Object.entries(CONTAINER_KEYS).flatMap(([key, convert]): Entries => {
    const node = context.body.entries.get(key);
    return node === undefined || isNull(node) ? [] : convert(node, context);
  });
  const isOneShot = context.project.oneShots.has(context.name);
  const hasRestart = given.some(([key]) => key === "restart");
  const order: Entries = [
    ...(isOneShot ? ([["detach", false]] as const) : []),
    ...(step === undefined || step === (isOneShot ? 3 : 4) ? [] : ([["step", step]] as const)),
    ...(require.size > 0 ? ([["require", require]] as const) : []),
    ...(isOneShot || hasRestart ? [] : ([["restart", "no"]] as const)),
  ];
  const kept = given.filter(
    ([key, value]) => !isOneShot || key !== "restart" || tellRestart(context, value),
  );
  return mapOf(inOrder(mergeEntries([...kept, ...order])));
}

const FIRST = ["image", "entrypoint", "cmd", "detach", "exit_codes", "step", "require"];

function inOrder(entries: Entries): Entries {
  const rank = ([key]: Entries[number]) =>
    FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length;
  return entries.toSorted((a, b) => rank(a) - rank(b));
}

function tellRestart({ name, body, findings }: ServiceContext, policy: unknown): boolean {
  const says = "a one-shot that fails is told, and not restarted";
  if (policy !== "no" && policy !== false)
    findings.drop(`${name}.restart`, childOf(body, "restart") ?? body, says);
  return false;
}

export function isOneShot({ body }: Container): boolean {
  return /^(false|no|off|0)$/i.test(textOf(body.entries.get("detach")) ?? "true");
}

function tellOthers(context: ServiceContext): void {
  const { name, body, findings } = context;
  if (!body.entries.has("image")) findings.fail({ subject: name, says: "has no image" }, body);
  for (const [key, node] of entriesOf(body)) {
    if (key === "remove") tellRemove(node, context);
    else if (key === "image" && node.kind === "map") tellFunction(node, context);
    else if (!Object.hasOwn(CONTAINER_KEYS, key) && !ORDER_KEYS.includes(key)) {
      tellOther(key, node, context);
    }
  }
}

function tellRemove(node: Node, { name, project, findings }: ServiceContext): void {
  if (textOf(node) !== "true" || project.oneShots.has(name)) return;
  const says = "a service that has ended is started again, and not removed";
  findings.drop(`${name}.remove`, node, says);
}

function tellFunction(node: Node, { name, findings }: ServiceContext): void {
  const hint = "let Heat write it out first, as in /var/lib/tripleo-config";
  findings.fail({ subject: `${name}.image`, says: "is a function of Heat", hint }, node);
}

function tellOther(key: string, node: Node, { name, findings }: ServiceContext): void {
  const subject = `${name}.${key}`;
  const why = Object.hasOwn(UNSUPPORTED_KEYS, key) ? UNSUPPORTED_KEYS[key] : undefined;
  const near = nearest(key, [...Object.keys(CONTAINER_KEYS), ...ORDER_KEYS]);
  const hint = near && `did you mean "${near}"?`;
  if (why !== undefined) findings.drop(subject, node, why);
  else {
    const says = "is not a key of a container of docker_config";
    findings.fail({ subject, says, hint }, node);
  }
}
