import { AxonError } from "../../errors.ts";
import { connectionFailure, unreachable } from "../connection-errors.ts";
import { ConnectionLost, NotZooKeeper, ZooKeeperFailure } from "./wire/failures.ts";
import { CODES } from "./wire/requests.ts";

const NO_ACCESS: readonly number[] = [CODES.noAuth, CODES.authFailed, CODES.invalidAcl];
const NO_SESSION: readonly number[] = [CODES.sessionExpired, CODES.sessionMoved];

/** The one place where failures of the connection become Axon's. */
export function translateFailure(error: unknown, store: string): unknown {
  if (error instanceof ZooKeeperFailure) return refusal(error.code, store);
  if (error instanceof NotZooKeeper) return notZooKeeper(store);
  if (error instanceof ConnectionLost) {
    const known = error.cause instanceof Error && connectionFailure(error.cause, store);
    return known || unreachable(store, error.message);
  }
  return error;
}

export function refused(store: string, reason: string): AxonError {
  return new AxonError("STORE_REFUSED", `store ${store} refused a request: ${reason}`);
}

function refusal(code: number, store: string): AxonError {
  if (NO_SESSION.includes(code)) return unreachable(store, "the connection was lost");
  if (!NO_ACCESS.includes(code)) return refused(store, `code ${code}`);
  return new AxonError("STORE_REFUSED", `store ${store} refuses access to some of its nodes`, {
    hint: "Set AXON_KV_USER and AXON_KV_PASSWORD to a user who may read and write below axon",
  });
}

function notZooKeeper(store: string): AxonError {
  return new AxonError("STORE_UNREACHABLE", `what answers at ${store} is not ZooKeeper`, {
    hint: "Check the address and the port of the store",
  });
}
