import type { AttributeChange, Change, Held, Plan } from "./plan.ts";

/**
 * The plan for machines, version 1. Keys follow Terraform's plan JSON where they mean the same. Values
 * that are sensitive are never in it: `before` and `after` leave them out, `*_sensitive` name them.
 */
export function planAsJson(plan: Plan, place: { readonly engine: string; readonly store: string }) {
  return {
    format_version: "1.0",
    deployment: plan.deployment,
    engine: place.engine,
    store: place.store,
    resource_changes: plan.changes.map(changeAsJson),
    operations: plan.operations.map(({ id, kind, after }) => ({ id, kind, after })),
    notices: plan.notices,
    held: plan.held.map(heldAsJson),
  };
}

function heldAsJson({ address, resource, name, step, reason, requires, isLive }: Held) {
  return { address, type: resource, name, step, reason, requires, running: isLive };
}

const ACTIONS: Readonly<Record<Change["action"], readonly string[]>> = {
  create: ["create"],
  update: ["update"],
  replace: ["delete", "create"],
  start: ["update"],
  run: ["create"],
  remove: ["delete"],
  adopt: ["no-op"],
};

export function changeAsJson(change: Change) {
  return {
    address: change.address,
    type: change.resource,
    name: change.name,
    action: change.action,
    ...(change.action === "replace" && {
      order: change.replacement.order,
      order_reason: change.replacement.because,
    }),
    step: change.section.kind === "step" ? change.section.step : null,
    reason: change.cause,
    change: {
      actions: actionsOf(change),
      before: values(change.attributes, "before"),
      after: values(change.attributes, "after"),
      before_sensitive: sensitive(change.attributes),
      after_sensitive: sensitive(change.attributes),
      drift_paths: change.attributes.filter(({ drift }) => drift).map(({ path }) => path),
      replace_paths: change.attributes
        .filter(({ forcesReplacement }) => forcesReplacement)
        .map(({ path }) => path),
    },
  };
}

function actionsOf(change: Change): readonly string[] {
  if (change.action === "replace" && change.replacement.order === "start-first")
    return ["create", "delete"];
  return ACTIONS[change.action];
}

function values(attributes: readonly AttributeChange[], side: "before" | "after") {
  const known = attributes.filter(
    (attribute) => !attribute.sensitive && attribute[side] !== undefined,
  );
  return Object.fromEntries(known.map((attribute) => [attribute.path, attribute[side]]));
}

function sensitive(attributes: readonly AttributeChange[]) {
  const hidden = attributes.filter((attribute) => attribute.sensitive);
  return Object.fromEntries(hidden.map(({ path }) => [path, true]));
}
