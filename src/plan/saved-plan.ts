import { AxonError } from "../errors.ts";
import { isKeyed } from "../fields/files.ts";
import { reveal, revealAll, Secret } from "../secret.ts";
import type { Operation, Plan } from "./plan.ts";
import { isStoreJoin } from "./plan-foundation.ts";
import { changeAsJson } from "./render-json.ts";

/** A plan as a file: what a person or a policy agreed to. Holds no secret, and no path of the machine but those that a Servicefile names. */
export interface SavedPlan {
  readonly format: "axon-plan";
  readonly format_version: "1.0";
  readonly axon_version: string;
  readonly deployment: string;
  /** Fingerprints are made with the deployment's own key; false before its first deploy, which makes the key. */
  readonly keyed: boolean;
  readonly resource_changes: readonly unknown[];
  readonly operations: readonly SavedOperation[];
}

export interface SavedOperation {
  readonly id: string;
  readonly kind: string;
  readonly after: readonly string[];
  /** Stands for all that the operation does, secret values included. */
  readonly fingerprint: string;
}

export interface Fingerprinting {
  readonly keyed: boolean;
  /** Keyed digest where there is a key, else a plain one. */
  readonly digest: (text: string) => string;
}

/**
 * That the managed store joins networks is left out: whether it must is known only once it runs, and it
 * may not run yet when a plan is saved.
 */
export function savePlan(plan: Plan, version: string, how: Fingerprinting): SavedPlan {
  const operations = plan.operations
    .filter(({ id }) => !isStoreJoin(id))
    .map((operation) => ({
      ...operation,
      after: operation.after.filter((id) => !isStoreJoin(id)),
    }));
  return {
    format: "axon-plan",
    format_version: "1.0",
    axon_version: version,
    deployment: plan.deployment,
    keyed: how.keyed,
    resource_changes: plan.changes.filter(({ resource }) => resource !== "store").map(changeAsJson),
    operations: operations.map((operation) => ({
      id: operation.id,
      kind: operation.kind,
      after: operation.after,
      fingerprint: fingerprint(operation, how),
    })),
  };
}

/** Throws PLAN_STALE, naming what moved, unless the plan of now does exactly what was saved. */
export function checkSame(saved: SavedPlan, now: SavedPlan): void {
  const moved = [
    ...differing(saved.operations, now.operations, ({ id }) => id),
    ...(saved.deployment === now.deployment ? [] : ["deployment"]),
  ];
  if (moved.length === 0) return;
  const names = movedChanges(saved, now);
  const told = names.length > 0 ? names : moved;
  throw new AxonError(
    "PLAN_STALE",
    `the saved plan does not fit any more; moved since: ${told.slice(0, 10).join(", ")}${told.length > 10 ? ` and ${told.length - 10} more` : ""}`,
    { hint: "Make a new plan and look at it." },
  );
}

/** Refuses what is no saved plan. */
export function parseSavedPlan(text: string, file: string): SavedPlan {
  const value = parseJson(text);
  if (isSavedPlan(value)) return value;
  throw new AxonError("USAGE", `${file} is not a plan that this Axon has saved`, {
    hint: "Save one with: axon plan --out FILE",
  });
}

function movedChanges(saved: SavedPlan, now: SavedPlan): string[] {
  const address = (change: unknown) => String((change as { address?: unknown }).address);
  return differing(saved.resource_changes, now.resource_changes, address);
}

function differing<T>(a: readonly T[], b: readonly T[], nameOf: (item: T) => string): string[] {
  const [before, after] = [a, b].map(
    (items) => new Map(items.map((item) => [nameOf(item), JSON.stringify(item)])),
  );
  const names = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...names].filter((name) => before?.get(name) !== after?.get(name)).sort();
}

function fingerprint(operation: Operation, { keyed, digest }: Fingerprinting): string {
  return digest(JSON.stringify(keyed ? revealAll(operation) : withoutKeyed(operation)));
}

/** What is made with the key: without one, each plan makes its own, and what comes of it cannot be compared. */
function withoutKeyed(operation: Operation): unknown {
  if (operation.kind !== "task.run") return withoutSecretDigests(operation);
  const { inputs: _, inputsDigest: __, ...rest } = operation;
  const inputs = Object.entries(rest.task.inputs).filter(
    ([path, value]) => !(path.startsWith("files.") && isKeyed(reveal(value))),
  );
  return withoutSecretDigests({
    ...rest,
    task: { ...rest.task, inputs: Object.fromEntries(inputs) },
  });
}

function withoutSecretDigests(value: unknown): unknown {
  if (value instanceof Secret) return value;
  if (Array.isArray(value)) return value.map(withoutSecretDigests);
  if (typeof value !== "object" || value === null) return value;
  const { digest, ...rest } = value as { readonly digest?: unknown; readonly content?: unknown };
  const kept = rest.content instanceof Secret ? rest : value;
  return Object.fromEntries(
    Object.entries(kept).map(([key, item]) => [key, withoutSecretDigests(item)]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSavedPlan(value: unknown): value is SavedPlan {
  if (typeof value !== "object" || value === null) return false;
  const plan = value as Partial<SavedPlan>;
  return (
    plan.format === "axon-plan" &&
    plan.format_version === "1.0" &&
    typeof plan.deployment === "string" &&
    typeof plan.keyed === "boolean" &&
    Array.isArray(plan.resource_changes) &&
    Array.isArray(plan.operations) &&
    plan.operations.every(isSavedOperation)
  );
}

function isSavedOperation(value: unknown): value is SavedOperation {
  if (typeof value !== "object" || value === null) return false;
  const { id, fingerprint: print } = value as Partial<SavedOperation>;
  return typeof id === "string" && typeof print === "string";
}
