import type { Context } from "../context.ts";
import { checkDeploymentName } from "../load-servicefile.ts";
import { openPlace } from "../open-place.ts";
import { renderStatus, statusAsJson } from "../output/status.ts";
import { observeThrough } from "../prepare.ts";

export interface StatusOptions {
  readonly deployment: string;
  readonly kv: string | undefined;
  readonly router?: string | undefined;
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
    const opened = await openPlace(options, engine, context);
    try {
      const live = await observeThrough({ engine, opened, deployment }, context);
      const place = { deployment, engine: engine.description, store: opened.description };
      const seen = { live, format: opened.router.format };
      context.stdout.write(
        options.json
          ? `${JSON.stringify(statusAsJson(seen, place), undefined, 2)}\n`
          : renderStatus(seen, place, context.palette),
      );
      return 0;
    } finally {
      await opened.close();
    }
  } finally {
    await engine.close();
  }
}
