import { createHash } from "node:crypto";
import type { Plan } from "../plan/plan.ts";
import { parseSavedPlan, type SavedPlan, savePlan } from "../plan/saved-plan.ts";
import type { Secret } from "../secret.ts";
import { keyedDigest } from "../state/digest-key.ts";
import type { Context } from "./context.ts";
import { unreadable } from "./unreadable.ts";
import { version } from "./version.ts";

/** With which key a plan's fingerprints are made, if with any. */
export interface FingerprintKey {
  readonly digestKey: Secret;
  readonly hasKey: boolean;
}

export function savedFrom(
  { plan }: { readonly plan: Plan },
  { digestKey, hasKey }: FingerprintKey,
): SavedPlan {
  const digest = hasKey ? (text: string) => keyedDigest(digestKey, text) : sha256;
  return savePlan(plan, version, { keyed: hasKey, digest });
}

export async function readSavedPlan(file: string, context: Context): Promise<SavedPlan> {
  const text = await context.readFile(file).catch((cause: unknown) => {
    throw unreadable(file, { cause });
  });
  return parseSavedPlan(text, file);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
