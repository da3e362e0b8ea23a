import type { AxonError } from "../errors.ts";
import type { Live } from "../live.ts";
import type { Model } from "../model.ts";
import { claimed, claimingRoutes, claimsOf, placeText } from "../routing/claims.ts";
import { ownsRoute } from "../routing/route-name.ts";

/** What an earlier revision had at the router, or waited for, may be another deployment's by now. */
export function checkClaims(model: Model, { store }: Live): AxonError[] {
  const claims = claimsOf(claimingRoutes(store));
  const wanted = [...Object.values(model.routes), ...Object.values(model.pending ?? {})];
  // The others' own that this plan completes are no claim against themselves.
  const own = wanted.filter(({ name }) => ownsRoute(model.deployment, name));
  return own.flatMap((route) => {
    const owner = claims.get(placeText(route));
    return owner === undefined ? [] : [claimed({ ...route, owner }, model)];
  });
}
