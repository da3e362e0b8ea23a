import type { LiveStore } from "../live.ts";
import type { Plan } from "./plan.ts";

/** What somebody else has written keeps the router from taking up anything: said where the plan has to do with routes. */
export function withRouterFaults(plan: Plan, { routes, routerFaults }: LiveStore): Plan {
  const isRouted =
    Object.keys(routes).length > 0 || plan.operations.some(({ kind }) => kind.startsWith("route."));
  if (!isRouted) return plan;
  const result = "Traefik takes up no change of any route until that key is mended or removed";
  const notices = routerFaults.map((fault) => {
    return { code: "ROUTER_POISONED", message: `${fault}; ${result}` };
  });
  return { ...plan, notices: [...plan.notices, ...notices] };
}
