import type { Site } from "./axon.ts";
import type { Run } from "./run-axon.ts";

export const QUESTION = 'Only "yes" goes on:';

/** Runs the command on a terminal and answers its question. */
export async function answerOnTerminal(
  site: Site,
  args: readonly string[],
  answer: string,
): Promise<Run> {
  const command = site.startOnTerminal(args);
  await command.seen(QUESTION);
  command.type(`${answer}\n`);
  return command.ended;
}
