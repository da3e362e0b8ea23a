import { setTimeout as sleep } from "node:timers/promises";

const READY_MILLISECONDS = 60_000;
const FIRST_PAUSE_MILLISECONDS = 10;
const LONGEST_PAUSE_MILLISECONDS = 100;

/** For servers that tell nobody when they serve: they are asked, less and less often. False: they did not in time, or ended. */
export async function untilReady(
  isReady: () => Promise<boolean>,
  hasEnded: () => boolean = () => false,
): Promise<boolean> {
  const deadline = Date.now() + READY_MILLISECONDS;
  let pause = FIRST_PAUSE_MILLISECONDS;
  while (!(await isReady())) {
    if (hasEnded() || Date.now() > deadline) return false;
    await sleep(pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
  }
  return true;
}
