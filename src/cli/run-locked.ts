import type { RunVerdict } from "../apply/judge-run.ts";
import type { Engine } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { JournalEntry, Live } from "../live.ts";
import type { Model } from "../model.ts";
import type { Plan } from "../plan/plan.ts";
import type { Router } from "../router/router.ts";
import { revealAll } from "../secret.ts";
import { guardedStore } from "../state/guarded-store.ts";
import type { DeploymentLock } from "../state/held-lock.ts";
import { type BegunRun, beginRun, endRun, keysOfCutOff, leaveRun } from "../state/journal.ts";
import { readKeys } from "../state/read-keys.ts";
import type { RevisionSource } from "../state/revision-record.ts";
import { writeRevision } from "../state/write-revision.ts";
import type { Context } from "./context.ts";
import { whoDeploys } from "./origin.ts";
import { failureOf, renderDone, renderFailure } from "./output/verdict.ts";
import { runPlan } from "./run-plan.ts";
import { type LockOptions, takeLock } from "./take-lock.ts";
import { version } from "./version.ts";

export interface LockedRun extends LockOptions {
  readonly deployment: string;
  readonly engine: Engine;
  readonly store: KvStore;
  /** The router, for a store that writes only while the lock is held. */
  readonly routerOn: (store: KvStore) => Router;
  /** What was shown and agreed to. */
  readonly plan: Plan;
  /** `axon deploy`: for whoever has to wait, and for the history. */
  readonly command: string;
  /**
   * Plans once more under the lock. What comes back may differ from what was agreed to: `agreed` tells it to
   * the reader and asks again. What it has to write goes to the store that it is given.
   */
  readonly replan: (guarded: KvStore) => Promise<Replanned>;
  readonly agreed: (plan: Plan) => Promise<void>;
  readonly source: RevisionSource | undefined;
}

export interface Replanned {
  readonly plan: Plan;
  /** What the history remembers; undefined: nothing. */
  readonly model: Model | undefined;
  /** The keys that persons had changed, and that go back to what they were. */
  readonly restored?: readonly string[];
  /** Number of the revision that this becomes. */
  readonly revision: number;
  /** Left by a run that was cut off before it was remembered. */
  readonly journal?: JournalEntry | undefined;
}

/** Nobody else changes the deployment meanwhile, and nothing is written once the lock cannot be proven. */
export async function runLocked(run: LockedRun, context: Context): Promise<number> {
  const lock = await takeLock(run, context);
  try {
    const store = guardedStore(run.store, lock);
    const now = withoutOwnLock(await run.replan(store));
    if (!isSame(now.plan, run.plan)) await run.agreed(now.plan);
    if (now.plan.changes.length === 0) {
      await closeCutOff({ ...run, store, plan: now.plan }, now, context);
      return 0;
    }
    return await carryOut({ ...run, store, plan: now.plan }, { lock, now }, context);
  } catch (problem) {
    throw lock.lost.aborted ? lock.lost.reason : problem;
  } finally {
    await lock.release();
  }
}

/** The plan under the lock finds the lock taken: by this run. */
function withoutOwnLock(now: Replanned): Replanned {
  const notices = now.plan.notices.filter(({ code }) => code !== "LOCK_HELD");
  return { ...now, plan: { ...now.plan, notices } };
}

interface Held {
  readonly lock: DeploymentLock;
  readonly now: Replanned;
}

async function carryOut(run: LockedRun, { lock, now }: Held, context: Context): Promise<number> {
  const { deployment, engine, store, plan, command } = run;
  const began = context.now();
  const { revision } = now;
  const entry = { command, who: whoDeploys(context.env), at: began.toISOString(), revision };
  const keys = changedKeys(plan, now);
  const begun = { ...entry, changes: plan.changes, ...(keys && { keys }) };
  await beginRun(store, deployment, begun);
  const verdict = await runPlan(
    { plan, engine, store, router: run.routerOn(store), lock },
    context,
  );
  const milliseconds = context.now().getTime() - began.getTime();
  const ended: Ended = { ...now, store, verdict, milliseconds };
  const closing = { lock, ended, begun };
  const list = () => context.stderr.write(renderFailure(plan, verdict));
  if (verdict.exitCode === undefined) {
    await closeRun(run, closing, context).catch((problem) => {
      list();
      throw notRemembered(problem);
    });
    context.stdout.write(renderDone(plan, milliseconds));
    return 0;
  }
  // Before the store is asked for anything more: it may be away, and that must not hide what was done.
  list();
  await closeRun(run, closing, context).catch(({ message }: Error) => {
    if (lock.lost.aborted) return;
    context.stderr.write(`note: the history does not have this run: ${message}\n`);
  });
  throw failureOf(verdict);
}

const INTERRUPTED = 130;

interface Closing {
  readonly lock: DeploymentLock;
  readonly ended: Ended;
  readonly begun: BegunRun;
}

/**
 * Of a deployment that has gone there is nothing to remember; its lock has gone with it. Where some of it is
 * left, its journal stays, too: by that the next plan knows who has removed the rest. So does that of a run that
 * was interrupted: the next plan tells of it.
 */
async function closeRun(
  run: LockedRun,
  { lock, ended, begun }: Closing,
  context: Context,
): Promise<void> {
  const { model, store, verdict } = ended;
  const { deployment } = run;
  if (model !== undefined) {
    lock.check();
    await remember(run, { ...ended, model }, context);
    if (verdict.exitCode === INTERRUPTED) await leaveRun(store, deployment, begun);
    else await endRun(store, deployment);
  } else if (verdict.exitCode === undefined) {
    await endRun(store, run.deployment).catch(() => undefined);
  }
}

function notRemembered(problem: unknown): unknown {
  if (!(problem instanceof AxonError)) return problem;
  const sentence = `everything was done, but the history does not have it: ${problem.message}`;
  return new AxonError("NOT_REMEMBERED", sentence, {
    hint: "Run it again when the store answers: it finds nothing to do, and completes the history.",
    cause: problem,
  });
}

/** A run was cut off, perhaps when it had done everything and was not remembered yet. */
export function wasCutOff({ store }: Live): boolean {
  return store.journal !== undefined && store.lockHolder === undefined;
}

/** A run that was cut off after it had done everything is remembered by the next one, which finds nothing to do. */
async function closeCutOff(run: LockedRun, now: Replanned, context: Context): Promise<void> {
  const { store } = run;
  const { model, revision, journal } = now;
  if (model === undefined || journal === undefined) return;
  if (journal.revision >= revision) {
    const ended = { store, model, verdict: NOTHING_DONE, milliseconds: 0 };
    await remember(run, { ...now, ...ended }, context);
  }
  await endRun(store, run.deployment);
}

const NOTHING_DONE: RunVerdict = { done: [], failed: [], skipped: [], exitCode: undefined };

interface Ended extends Pick<Replanned, "model" | "restored" | "journal"> {
  readonly store: KvStore;
  readonly verdict: RunVerdict;
  readonly milliseconds: number;
}

async function remember(
  { deployment, command, source, plan }: LockedRun,
  { store, model, verdict, milliseconds, ...before }: Ended & { readonly model: Model },
  context: Context,
): Promise<void> {
  const keys = changedKeys(plan, before);
  await writeRevision(store, {
    deployment,
    model,
    config: (await readKeys(store, deployment)).config,
    random: context.random,
    facts: {
      ...(keys && { keys }),
      at: context.now().toISOString(),
      who: whoDeploys(context.env),
      command,
      source,
      durationMilliseconds: milliseconds,
      outcome: outcomeOf(verdict),
      axonVersion: version,
      summary: countActions(plan),
    },
  });
}

/** Keys that were not changed as the file's own. */
function changedKeys(
  { changes }: Plan,
  { restored = [], journal }: Pick<Ended, "restored" | "journal">,
): Readonly<Record<string, string>> | undefined {
  const back = changes.filter(
    ({ resource, name }) => resource === "config" && restored.includes(name),
  );
  const keys = {
    ...keysOfCutOff(journal),
    ...Object.fromEntries(back.map(({ name, action }) => [name, action])),
  };
  return Object.keys(keys).length === 0 ? undefined : keys;
}

function outcomeOf({ exitCode, done }: RunVerdict) {
  if (exitCode === undefined) return "complete";
  if (exitCode === 5) return "rolled back";
  return done.length > 0 ? "partial" : "failed";
}

function countActions({ changes }: Plan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

/** With what secrets are: of what a store key or a file says, a value may be all that has changed. */
function isSame(a: Plan, b: Plan): boolean {
  return JSON.stringify(revealAll(a.operations)) === JSON.stringify(revealAll(b.operations));
}
