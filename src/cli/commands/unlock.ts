import { AxonError } from "../../errors.ts";
import { forceUnlock, readLock } from "../../state/lock.ts";
import { describeLockHolder } from "../../state/lock-holder.ts";
import type { Context } from "../context.ts";
import { checkDeploymentName } from "../load-servicefile.ts";
import { type PlaceOptions, withStoreAlone } from "../with-store.ts";

export interface UnlockOptions extends PlaceOptions {
  readonly deployment: string;
  readonly yes: boolean;
}

/** Shows who has the lock, asks, and takes it away. What its holder still tries to write is refused. */
export function runUnlock(options: UnlockOptions, context: Context): Promise<number> {
  const { deployment } = options;
  checkDeploymentName(deployment);
  return withStoreAlone(options, context, async (store) => {
    const lock = await readLock(store, deployment, context.stop);
    if (lock === undefined) {
      context.stdout.write(`${deployment} is not locked.\n`);
      return 0;
    }
    context.stdout.write(`${deployment} is locked by ${describeLockHolder(lock.holder)}.\n`);
    await askToUnlock(options, context);
    const taken = await forceUnlock(store, deployment, lock);
    context.stdout.write(taken ? "Unlocked.\n" : "It has been released meanwhile.\n");
    return 0;
  });
}

async function askToUnlock({ yes }: UnlockOptions, context: Context): Promise<void> {
  if (yes) return;
  if (!context.isInteractive) {
    throw new AxonError(
      "ANSWER_NEEDED",
      "taking a lock away must be confirmed, and there is no terminal",
      {
        hint: "Give --yes to take it away without a question.",
      },
    );
  }
  if (await context.confirm("Take the lock away?")) return;
  throw new AxonError("DECLINED", "the lock was left as it is");
}
