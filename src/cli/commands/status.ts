import { ownsRoute } from "../../routing/route-name.ts";
import { routeNameOf } from "../../routing/route-of-key.ts";
import { absentStore, observeStore } from "../../state/observe-store.ts";
import type { Context } from "../context.ts";
import { checkDeploymentName } from "../load-servicefile.ts";
import { openStore } from "../open-store.ts";
import { renderStatus, statusAsJson } from "../output/status.ts";

export interface StatusOptions {
  readonly deployment: string;
  readonly kv: string | undefined;
  readonly docker: string | undefined;
  readonly json: boolean;
}

/** Shows what is there of a deployment. Reads only, and needs no Servicefile. */
export async function runStatus(options: StatusOptions, context: Context): Promise<number> {
  const { deployment } = options;
  checkDeploymentName(deployment);
  const engine = await context.openEngine(options.docker);
  try {
    await engine.version(context.stop);
    const opened = await openStore(options.kv, engine, context);
    try {
      const [engineState, store] = await Promise.all([
        engine.observe(deployment, context.stop),
        opened.store
          ? observeStore(opened.store, { deployment, ownsRoute, routeNameOf }, context.stop)
          : absentStore(),
      ]);
      const live = { engine: engineState, store, managedStore: opened.container };
      const place = { deployment, engine: engine.description, store: opened.description };
      context.stdout.write(
        options.json
          ? `${JSON.stringify(statusAsJson(live, place), undefined, 2)}\n`
          : renderStatus(live, place, context.palette),
      );
      return 0;
    } finally {
      await opened.close();
    }
  } finally {
    await engine.close();
  }
}
