import type { Live } from "../live.ts";
import { NOTHING, type Piece, removal } from "./piece.ts";

interface Revoked {
  readonly deployment: string;
  /** Its name in the store. */
  readonly token: string;
  readonly cause: string;
}

/** Nobody can do anything with a token when the containers that have it are gone. */
export function planRevocation(
  { deployment, token: name, cause }: Revoked,
  { token }: Pick<Live, "token">,
  after: readonly string[],
): Piece {
  const isThere =
    token?.kind === "seen" && (token.value !== undefined || token.rights !== undefined);
  if (!isThere) return NOTHING;
  const change = removal({
    address: `token.${deployment}`,
    resource: "token",
    name: deployment,
    cause,
  });
  return {
    changes: [change],
    operations: [{ id: "token.revoke", kind: "token.revoke", name, after, change: change.address }],
  };
}
