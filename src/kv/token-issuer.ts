import type { LiveToken } from "../live.ts";
import type { TokenSpec } from "../model.ts";

/**
 * Who may do what in a store. A name stands for one token and what may be done with it; what has another
 * name is never touched.
 */
export interface TokenIssuer {
  /** Reads only. That this user may not look is an answer, and no failure. */
  observe(name: string, signal?: AbortSignal): Promise<LiveToken>;

  /** Afterwards all is as the spec says. Doing it again changes nothing. */
  grant(spec: TokenSpec, signal?: AbortSignal): Promise<void>;

  /** Succeeds where there is no such token. */
  revoke(name: string, signal?: AbortSignal): Promise<void>;
}
