import { planAsJson } from "../../plan/render-json.ts";
import { renderPlan } from "../../plan/render-text.ts";
import type { Context } from "../context.ts";
import { pullNotice } from "../output/pull-notice.ts";
import { preparePlan } from "../prepare.ts";
import { savedFrom } from "../saved.ts";
import { type DeploymentOptions, startSession } from "../session.ts";
import { unwritable } from "../unwritable.ts";

export interface PlanOptions extends DeploymentOptions {
  readonly json: boolean;
  /** Exit with 2 when there is something to do, or something is held. */
  readonly detailedExitcode: boolean;
  /** File to save the plan in. */
  readonly out: string | undefined;
}

/** Shows what a deploy would do. Changes nothing but that images are pulled which are not there. */
export async function runPlanCommand(options: PlanOptions, context: Context): Promise<number> {
  const session = await startSession(options, context, pullNotice(context));
  try {
    const prepared = await preparePlan(session, context);
    const { plan, opened } = prepared;
    try {
      if (options.out !== undefined) {
        const saved = savedFrom(prepared, prepared);
        await save(`${JSON.stringify(saved, undefined, 2)}\n`, options.out, context);
      }
      const engine = session.engine.description;
      const store = opened.description;
      const title = `${plan.deployment} on ${engine}, store ${store}`;
      context.stdout.write(
        options.json
          ? `${JSON.stringify(planAsJson(plan, { engine, store }), undefined, 2)}\n`
          : renderPlan(plan, { title, paint: context.palette }),
      );
      return options.detailedExitcode && plan.changes.length + plan.held.length > 0 ? 2 : 0;
    } finally {
      await opened.close();
    }
  } finally {
    await session.engine.close();
  }
}

async function save(text: string, file: string, context: Context): Promise<void> {
  await context.writePrivate(file, text).catch((cause: unknown) => {
    throw unwritable(file, cause);
  });
}
