import { listRevisions } from "../../state/revisions.ts";
import type { Context } from "../context.ts";
import { checkDeploymentName } from "../load-servicefile.ts";
import { historyAsJson, renderHistory } from "../output/history.ts";
import { type PlaceOptions, withStoreAlone } from "../with-store.ts";

export interface HistoryOptions extends PlaceOptions {
  readonly deployment: string;
  readonly json: boolean;
}

/** Shows the revisions of a deployment, the newest first. */
export function runHistory(options: HistoryOptions, context: Context): Promise<number> {
  const { deployment, json } = options;
  checkDeploymentName(deployment);
  return withStoreAlone(options, context, async (store) => {
    const revisions = await listRevisions(store, deployment, context.stop);
    context.stdout.write(
      json
        ? `${JSON.stringify(historyAsJson(deployment, revisions), undefined, 2)}\n`
        : renderHistory(deployment, revisions, { paint: context.palette, ...context.stdout }),
    );
    return 0;
  });
}
