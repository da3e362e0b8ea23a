import type { Plan } from "./plan.ts";

/** Why something goes that is the deployment's. */
export const UNWANTED = "not in the Servicefile";

/** The same plan for a model that is not the Servicefile's: `revision 3`. */
export function wantedBy(source: string, plan: Plan): Plan {
  const changes = plan.changes.map((change) =>
    change.cause === UNWANTED ? { ...change, cause: `not in ${source}` } : change,
  );
  return { ...plan, changes };
}
