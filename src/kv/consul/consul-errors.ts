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
export function translateFailure(error: unknown, store: string): unknown {
  if (!(error instanceof Error) || error instanceof AxonError) return error;
  const failure: ClientFailure = error;
  if (failure.isCodec) return notConsul(store);
  if (failure.response) return refusal(failure.response, store);
  if (failure.isTimeout) return unreachable(store, "it takes connections but gives no answer");
  return connectionFailure(error, store) ?? error;
}

/** For a status that is an answer and not a failure. */
export function acceptStatus(status: number): (error: ClientFailure) => unknown {
  return (error) => {
    if (error.response?.statusCode !== status) throw error;
    return [error.response, error.response.body];
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

export function accessRefused(store: string, reason: string): AxonError {
  return new AxonError("STORE_REFUSED", `store ${store} refuses access: ${reason}`, {
    hint: "Set CONSUL_HTTP_TOKEN to a token that may write the keys of the deployment and sessions",
  });
}

export function refused(store: string, reason: string): AxonError {
  return new AxonError("STORE_REFUSED", `store ${store} refused a request: ${reason}`);
}

function refusal(response: NonNullable<ClientFailure["response"]>, store: string): AxonError {
  const status = response.statusCode ?? 0;
  const reason = firstLine(response.body) || `status ${status}`;
  if (status === 401 || status === 403) return accessRefused(store, reason);
  if (/no cluster leader/i.test(reason)) return noLeader(store);
  if (status === 404 || (status >= 300 && status < 400)) return notConsul(store);
  if (GATEWAY_STATUS.includes(status)) return unreachable(store, reason);
  return refused(store, reason);
}

function firstLine(body: unknown): string {
  const text = typeof body === "string" || Buffer.isBuffer(body) ? String(body) : "";
  return text.trim().split("\n", 1)[0]?.slice(0, 200) ?? "";
}
