import type { Output } from "../context.ts";
import type { ChangeListener } from "./change-progress.ts";
import {
  doingWord,
  doneWord,
  failureText,
  seconds,
  titleOf,
  waitingWords,
} from "./change-words.ts";

/** One line for each event: for pipelines and logs, where nothing can be drawn again. */
export function lineProgress(output: Output): ChangeListener {
  const line = (text: string) => output.write(`${text}\n`);
  return {
    started: (change) => {
      if (change.action === "run") line(`${titleOf(change)}: ${doingWord(change)}`);
    },
    waiting: (change, whatFor) => line(`${titleOf(change)}: ${waitingWords(whatFor)}`),
    ended: (change, outcome) => {
      const title = titleOf(change);
      if (outcome.kind === "done")
        line(`${title}: ${doneWord(change)} (${seconds(outcome.milliseconds)})`);
      else if (outcome.kind === "skipped") line(`${title}: skipped, ${outcome.because}`);
      else line(`failed: ${failureText(title, outcome.error.message)}`);
    },
    output: (task, text) => line(`  ${task} | ${text}`),
    logs: (container, lines) => {
      line(`last ${lines.length} log lines of ${container}:`);
      for (const text of lines) line(`  ${container} | ${text}`);
    },
  };
}
