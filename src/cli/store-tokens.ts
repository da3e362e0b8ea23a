import type { LiveToken } from "../live.ts";
import type { TokenSpec } from "../model.ts";
import type { Notice } from "../plan/plan.ts";
import type { Secret } from "../secret.ts";
import { storeToken } from "../state/store-token.ts";
import { tokenName } from "../store-layout.ts";
import type { Context } from "./context.ts";
import type { OpenedStore } from "./open-store.ts";

/** What the store has of the token of a deployment; undefined: it is not there yet, or knows none. */
export async function lookAtToken(
  { store, isUnguarded }: Pick<OpenedStore, "store" | "isUnguarded">,
  deployment: string,
  { stop }: Context,
): Promise<LiveToken | undefined> {
  if (isUnguarded) return undefined;
  return await store?.tokens?.observe(tokenName(deployment), stop);
}

export interface TokenSituation {
  readonly deployment: string;
  readonly isManaged: boolean;
  readonly token: LiveToken | undefined;
  /** Remembered in the store: which one it has been given. */
  readonly number: string | undefined;
  readonly digestKey: Secret;
}

/**
 * The token that containers are to have. One that was given stays with them, also where this user may not see
 * it; the user's own token is never given to containers.
 */
export function wantedToken(situation: TokenSituation): TokenSpec | undefined {
  const { isManaged, token, number } = situation;
  const canBeGiven = isManaged || token?.kind === "seen";
  if (!canBeGiven && number === undefined) return undefined;
  return storeToken({ ...situation, opensCatalogue: isManaged });
}

export function tokenNotices({ deployment, token, number }: TokenSituation): readonly Notice[] {
  if (token?.kind === "taken") {
    const name = tokenName(deployment);
    const message = `the store has a policy ${name} that Axon has not made: containers get no token as long as it is called so`;
    return [{ code: "TOKEN_NAME_TAKEN", message }];
  }
  if (token?.kind !== "denied") return [];
  const message =
    number === undefined
      ? 'the store asks for tokens, and yours may not give any (acl = "write"): containers get none, and may do what the store lets everybody do'
      : 'your token may not look at tokens (acl = "write"): whether that of the containers is as it should be is not known';
  return [{ code: "TOKENS_DENIED", message }];
}
