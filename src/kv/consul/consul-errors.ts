import { AxonError } from "../../errors.ts";
import { connectionFailure, unreachable } from "../connection-errors.ts";

/** What the client library puts into the errors that it rejects with. */
export interface ClientFailure extends Error {
  readonly isTimeout?: boolean;
  readonly isCodec?: boolean;
  readonly response?: { readonly statusCode?: number; readonly body?: unknown };
}

const GATEWAY_STATUS = [502, 503, 504];

/**
 * The one place where failures of the client become Axon's. A response is never kept as `cause`: its
 * request holds the token.
 */
export function translateFailure(error: unknown, store: string, hint = OWN_TOKEN): unknown {
  if (!(error instanceof Error) || error instanceof AxonError) return error;
  const failure: ClientFailure = error;
  if (failure.isCodec) return notConsul(store);
  if (failure.response) return refusal(failure.response, store, hint);
  if (failure.isTimeout) return unreachable(store, "it takes connections but gives no answer");
  return connectionFailure(error, store) ?? error;
}

/** For statuses that are an answer and not a failure. */
export function acceptStatus(...statuses: readonly number[]): (error: ClientFailure) => unknown {
  return (error) => {
    const { response } = error;
    if (!response?.statusCode || !statuses.includes(response.statusCode)) throw error;
    return [response, response.body];
  };
}

export function notConsul(store: string): AxonError {
  return new AxonError("STORE_UNREACHABLE", `what answers at ${store} is not Consul`, {
    hint: "Check the address and the port of the store",
  });
}

export function noLeader(store: string): AxonError {
  return new AxonError("STORE_UNREACHABLE", `store ${store} has no leader`, {
    hint: "Try again when its servers have elected one",
  });
}

const OWN_TOKEN =
  "Set AXON_KV_TOKEN to a token that may write the keys of the deployment and sessions";
/** The one on its volume is taken when the store starts. */
export const MANAGED_TOKEN = "Start the managed store anew, so that it takes its token again";

export function accessRefused(store: string, reason: string, hint = OWN_TOKEN): AxonError {
  return new AxonError("STORE_REFUSED", `store ${store} refuses access: ${reason}`, { hint });
}

export function refused(store: string, reason: string): AxonError {
  return new AxonError("STORE_REFUSED", `store ${store} refused a request: ${reason}`);
}

function refusal(
  response: NonNullable<ClientFailure["response"]>,
  store: string,
  hint: string,
): AxonError {
  const status = response.statusCode ?? 0;
  const reason = firstLine(response.body) || `status ${status}`;
  if (status === 401 || status === 403) return accessRefused(store, sentenceOf(reason), hint);
  if (/no cluster leader/i.test(reason)) return noLeader(store);
  if (/to an HTTPS server/i.test(reason)) return unreachable(store, "it speaks TLS at this port");
  if (status === 404 || (status >= 300 && status < 400)) return notConsul(store);
  if (GATEWAY_STATUS.includes(status)) return unreachable(store, reason);
  return refused(store, reason);
}

/** Consul's words for it leave open what is not found. */
function sentenceOf(reason: string): string {
  if (/^ACL not found/i.test(reason)) return "it does not know the token";
  return /^Permission denied$/i.test(reason) ? "the token does not allow it" : reason;
}

function firstLine(body: unknown): string {
  const text = typeof body === "string" || Buffer.isBuffer(body) ? String(body) : "";
  return text.trim().split("\n", 1)[0]?.slice(0, 200) ?? "";
}
