import { AxonError, AxonErrors } from "../errors.ts";
import { pendingRoot } from "../routing/pending-key.ts";
import type { Context } from "./context.ts";
import { type Prepared, planNow } from "./prepare.ts";
import type { Session } from "./session.ts";

interface Looked {
  readonly prepared: Prepared;
  /** Keys of who waited already when it was planned. */
  readonly known: ReadonlySet<string>;
}

/** All is done by now: where nothing can be learnt of it, that is told, and the next deploy finds who waits. */
export async function preparedForLate(
  session: Session,
  looked: Looked,
  context: Context,
): Promise<Prepared | undefined> {
  try {
    return await planForLate(session, looked, context);
  } catch (problem) {
    const isDefect = !(problem instanceof AxonError || problem instanceof AxonErrors);
    if (isDefect && !context.stop.aborted) throw problem;
    const reason = isDefect ? "interrupted" : problem.message;
    context.stderr.write(`note: ${LATE_UNKNOWN}: ${reason}\n`);
    return undefined;
  }
}

const LATE_UNKNOWN =
  "whether another deployment began to wait for this one meanwhile is left to the next deploy";

/** Whose domain began to wait for a service while that was being made has not found it, and was in no plan. */
async function planForLate(
  session: Session,
  { prepared: { opened, plan, digestKey }, known }: Looked,
  context: Context,
): Promise<Prepared | undefined> {
  const root = pendingRoot(plan.deployment);
  const keys = (await opened.store?.listKeys(root, context.stop)) ?? [];
  const routes = keys
    .filter((key) => !known.has(key))
    .map((key) => `route.${key.slice(root.length)}`);
  if (routes.length === 0) return undefined;
  const now = await planNow(session, { ...opened, key: digestKey }, context);
  const isMade = now.plan.changes.some(({ address }) => routes.includes(address));
  return isMade ? { ...now, opened } : undefined;
}
