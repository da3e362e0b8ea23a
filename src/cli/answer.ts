import { AxonError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";
import { needsAnswer } from "../plan/summary.ts";
import type { Context } from "./context.ts";

export interface Question {
  readonly text: string;
  readonly yes: boolean;
}

/** Asks once about the whole plan, and only where something that runs is taken away. */
export async function getAnswer(
  plan: Plan,
  { text, yes }: Question,
  context: Context,
): Promise<void> {
  if (yes || !needsAnswer(plan)) return;
  if (!context.isInteractive) {
    throw new AxonError(
      "ANSWER_NEEDED",
      "the plan removes or replaces something, and there is no terminal to ask at",
      {
        hint: "Give --yes to go on without a question.",
      },
    );
  }
  if (await context.confirm(text)) return;
  throw new AxonError("DECLINED", "nothing was changed");
}
