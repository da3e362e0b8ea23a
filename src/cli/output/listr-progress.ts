import {
  DefaultRenderer,
  Listr,
  ListrLogger,
  type ListrTask,
  type ListrTaskWrapper,
  ProcessOutput,
} from "listr2";
import type { Change, Plan } from "../../plan/plan.ts";
import type { ChangeListener, ChangeOutcome } from "./change-progress.ts";
import {
  doingWord,
  doneWord,
  failureText,
  seconds,
  titleOf,
  waitingWords,
} from "./change-words.ts";

type Task = ListrTaskWrapper<unknown, never, never>;

export interface DrawnProgress {
  readonly listener: ChangeListener;
  /** Ends when every change has ended. */
  readonly finished: Promise<void>;
}

/** Where stdout is no terminal, listr2 would write plain lines, and write them there. */
class StreamRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

/** Draws the changes of a plan on a terminal. A view only: the order of work is settled by the plan. */
export function listrProgress(plan: Plan, stream: NodeJS.WriteStream): DrawnProgress {
  const rows = new Map(plan.changes.map((change) => [change.address, createRow()]));
  const list = new Listr(
    plan.changes.map((change) => toTask(change, rows.get(change.address))),
    {
      concurrent: true,
      exitOnError: false,
      // Its own would end the process at the first interrupt.
      registerSignalListeners: false,
      renderer: StreamRenderer,
      rendererOptions: {
        logger: new ListrLogger({ processOutput: new ProcessOutput(stream, stream) }),
        collapseErrors: false,
        showErrorMessage: false,
        collapseSkips: true,
      },
    },
  );
  return { listener: listenTo(rows), finished: list.run().then(() => undefined) };
}

interface Row {
  readonly ended: Promise<ChangeOutcome>;
  readonly end: (outcome: ChangeOutcome) => void;
  readonly lines: string[];
  task: Task | undefined;
  /** Once it has begun. */
  title: string | undefined;
}

function createRow(): Row {
  let end: Row["end"] = () => undefined;
  const ended = new Promise<ChangeOutcome>((resolve) => {
    end = resolve;
  });
  return { ended, end, lines: [], task: undefined, title: undefined };
}

function toTask(change: Change, row: Row | undefined): ListrTask {
  return {
    title: titleOf(change),
    rendererOptions: { outputBar: Number.POSITIVE_INFINITY, persistentOutput: true },
    task: async (_context, task) => {
      if (row === undefined) return;
      row.task = task as unknown as Task;
      if (row.title !== undefined) task.title = row.title;
      for (const line of row.lines) task.output = line;
      const outcome = await row.ended;
      const title = titleOf(change);
      if (outcome.kind === "failed") {
        task.title = failureText(title, outcome.error.message);
        throw new Error(task.title);
      }
      if (outcome.kind === "skipped") task.skip(`${title}: skipped, ${outcome.because}`);
      else task.title = `${title}: ${doneWord(change)} (${seconds(outcome.milliseconds)})`;
    },
  };
}

function listenTo(rows: ReadonlyMap<string, Row>): ChangeListener {
  const say = (address: string, text: string) => {
    const row = rows.get(address);
    if (row?.task) row.task.output = text;
    else row?.lines.push(text);
  };
  const entitle = (change: Change, words: string) => {
    const row = rows.get(change.address);
    if (row === undefined) return;
    row.title = `${titleOf(change)}: ${words}`;
    if (row.task) row.task.title = row.title;
  };
  return {
    started: (change) => entitle(change, doingWord(change)),
    waiting: (change, whatFor) => entitle(change, waitingWords(whatFor)),
    ended: ({ address }, outcome) => rows.get(address)?.end(outcome),
    output: (task, text) => say(`task.${task}`, text),
    logs: (container, lines) => {
      for (const text of lines) say(`service.${container}`, text);
    },
  };
}
