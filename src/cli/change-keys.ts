import { AxonError } from "../errors.ts";
import { diffKeys, type KeyChange, type KeyEdit } from "../keys/key-change.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { JournalEntry } from "../live.ts";
import { own } from "../own.ts";
import { NO_CHANGES } from "../plan/render-text.ts";
import { reveal, type Text } from "../secret.ts";
import { guardedStore } from "../state/guarded-store.ts";
import { isUnrecorded } from "../state/journal.ts";
import { readKeys, type StoredKeys } from "../state/read-keys.ts";
import { writeKeys } from "../state/write-keys.ts";
import { lockKey } from "../store-layout.ts";
import type { Context } from "./context.ts";
import { openHiding, tellDoubt } from "./hide-keys.ts";
import { whoDeploys } from "./origin.ts";
import { renderKeyChanges, renderKeysDone } from "./output/key-changes.ts";
import { type LockOptions, takeLock } from "./take-lock.ts";
import { version } from "./version.ts";

export interface KeysRequest extends LockOptions {
  readonly deployment: string;
  readonly store: KvStore;
  /** `axon kv put debug`: for whoever has to wait, and for the history. Holds no value. */
  readonly command: string;
  /** What is wanted, for what is there. It may refuse. */
  readonly editsFor: (known: StoredKeys) => readonly KeyEdit[];
  /** Whether a person must agree to that first. */
  readonly asks: (changes: readonly KeyChange[]) => boolean;
  readonly yes: boolean;
  /** Only show what would be done. */
  readonly dryRun?: boolean;
}

/** Changes the configuration of a deployment: shown, agreed to, under its lock, as its next revision. */
export async function changeKeys(request: KeysRequest, context: Context): Promise<number> {
  const { deployment, store } = request;
  const first = await lookAt(request, context);
  if (first.changes.length === 0) {
    context.stdout.write(NO_CHANGES);
    const left = await leftOver(request, first.known);
    if (left === undefined) return 0;
    context.stderr.write(
      `note: what the ${left.command} of ${left.who} at ${left.at} wrote is not in the history yet\n`,
    );
  } else {
    tellDoubt(first.hiding, context);
    context.stdout.write(first.text);
  }
  if (request.dryRun) return 0;
  await agree(request, first.changes, context);
  const lock = await takeLock(request, context);
  try {
    const began = context.now();
    const now = await lookAt(request, context);
    if (now.changes.length === 0 && unrecordedIn(now.known) === undefined) {
      context.stdout.write("\nSomebody else has done so meanwhile.\n");
      return 0;
    }
    if (!isSame(first.changes, now.changes)) {
      context.stdout.write(`\nSomebody else changed it meanwhile. The plan is now:\n\n${now.text}`);
      await agree(request, now.changes, context);
    }
    const { changes, known } = now;
    const number = await writeKeys(guardedStore(store, lock), {
      deployment,
      changes,
      known,
      random: context.random,
      facts: {
        at: context.now().toISOString(),
        who: whoDeploys(context.env),
        command: request.command,
        durationMilliseconds: context.now().getTime() - began.getTime(),
        axonVersion: version,
      },
    });
    context.stdout.write(renderKeysDone({ deployment, number, changes, known }));
    return 0;
  } catch (problem) {
    throw lock.lost.aborted ? lock.lost.reason : problem;
  } finally {
    await lock.release();
  }
}

/** The keys of a change that was cut off are in no revision until a change ends it. Nobody waits for one under way. */
async function leftOver(
  { deployment, store }: KeysRequest,
  known: StoredKeys,
): Promise<JournalEntry | undefined> {
  const left = unrecordedIn(known);
  if (left === undefined) return undefined;
  const lock = await store.get(lockKey(deployment));
  return lock?.session === undefined ? left : undefined;
}

function unrecordedIn({ journal, revision }: StoredKeys): JournalEntry | undefined {
  return journal !== undefined && isUnrecorded(journal, revision) ? journal : undefined;
}

async function lookAt(request: KeysRequest, context: Context) {
  const { deployment, store } = request;
  const known = await readKeys(store, deployment, context.stop);
  const changes = diffKeys(request.editsFor(known), known);
  const hiding = await openHiding(store, { deployment, known }, context.stop);
  const shown = withHidden(changes, hiding.hide);
  return { known, changes, hiding, text: renderKeyChanges(shown, context.palette) };
}

function withHidden(
  changes: readonly KeyChange[],
  hide: (texts: Readonly<Record<string, Text>>) => Readonly<Record<string, Text>>,
): readonly KeyChange[] {
  const hidden = (side: "before" | "after") => {
    const texts = changes.flatMap(({ key, [side]: text }) =>
      text === undefined ? [] : [[key, text] as const],
    );
    return hide(Object.fromEntries(texts));
  };
  const [before, after] = [hidden("before"), hidden("after")];
  return changes.map((change) => ({
    ...change,
    before: own(before, change.key),
    after: own(after, change.key),
  }));
}

async function agree(
  { asks, yes, deployment }: KeysRequest,
  changes: readonly KeyChange[],
  context: Context,
): Promise<void> {
  if (yes || changes.length === 0 || !asks(changes)) return;
  if (!context.isInteractive) {
    throw new AxonError(
      "ANSWER_NEEDED",
      "keys would be overwritten or removed, and there is no terminal to ask at",
      { hint: "Give --yes to go on without a question." },
    );
  }
  if (await context.confirm(`Change the configuration of ${deployment}?`)) return;
  throw new AxonError("DECLINED", "nothing was changed");
}

function isSame(a: readonly KeyChange[], b: readonly KeyChange[]): boolean {
  const plain = (changes: readonly KeyChange[]) =>
    JSON.stringify(
      changes.map(({ before, after, ...rest }) => [
        rest,
        before === undefined ? null : reveal(before),
        after === undefined ? null : reveal(after),
      ]),
    );
  return plain(a) === plain(b);
}
