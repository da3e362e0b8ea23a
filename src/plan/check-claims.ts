import type { AxonError } from "../errors.ts";
import type { Live } from "../live.ts";
import type { Model } from "../model.ts";
import { claimed, claimsOf, placeText } from "../routing/claims.ts";

/** What an earlier revision had at the router may be another deployment's by now. */
export function checkClaims(model: Model, { store }: Live): AxonError[] {
  const claims = claimsOf(store.otherRoutes);
  return Object.values(model.routes).flatMap((route) => {
    const owner = claims.get(placeText(route));
    return owner === undefined ? [] : [claimed({ ...route, owner }, model)];
  });
}
