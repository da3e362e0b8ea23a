import { AxonError } from "../../errors.ts";
import { connectionFailure, unreachable } from "../connection-errors.ts";

/** What the client library rejects with: the number of a gRPC status and its text. */
export interface CallFailure extends Error {
  readonly code: number;
  readonly details: string;
}

const STATUS = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export function isCallFailure(error: unknown): error is CallFailure {
  return error instanceof Error && "details" in error && typeof error.details === "string";
}

/** Nobody knows whether such a call was done. */
export function isLost(error: unknown): boolean {
  const codes: readonly number[] = [STATUS.unavailable, STATUS.deadlineExceeded];
  return isCallFailure(error) && codes.includes(error.code);
}

/** What a call fails with that names a lease which has ended, or never was; nothing was done. */
export function isLeaseGone(error: unknown): boolean {
  return error instanceof LeaseGone;
}

class LeaseGone extends Error {}

/** The server has forgotten the token, or its users have changed; one is to be asked for again. */
export function isTokenStale(error: unknown): boolean {
  if (!isCallFailure(error)) return false;
  const isOfNobody = /invalid auth token|revision of auth store is old/.test(error.details);
  // Of a watch, older servers say no more than that it is denied.
  return isOfNobody || (error instanceof WatchCancelled && isAccess(error));
}

/** A watch that the server gives up, told on a stream that goes on: as what a call would have failed with. */
export class WatchCancelled extends Error implements CallFailure {
  readonly code = STATUS.unknown;
  readonly details: string;

  /** `rpc error: code = Unauthenticated desc = etcdserver: invalid auth token`, or nothing. */
  constructor(reason: string) {
    const [, text = reason] = /desc = (.*)$/s.exec(reason) ?? [];
    const details = text.replace(/^(?:\w+: )?/, "etcdserver: ");
    super(details);
    this.details = details;
  }
}

export function isAuthDisabled(error: unknown): boolean {
  return isCallFailure(error) && /authentication is not enabled/.test(error.details);
}

/** It is an etcd with a leader that says so. */
export function isRefusal(error: unknown): boolean {
  return isCallFailure(error) && isAccess(error);
}

/** The one place where failures of the client become Axon's. */
export function translateFailure(error: unknown, store: string): unknown {
  if (!isCallFailure(error)) return error;
  const reason = error.details.replace(/^etcdserver: /, "");
  if (isAccess(error)) return accessRefused(store, reason);
  if (/lease not found/.test(reason)) return new LeaseGone(reason);
  switch (error.code) {
    case STATUS.deadlineExceeded:
      return unreachable(store, silence(error.details));
    case STATUS.unavailable:
      return unavailable(store, reason);
    case STATUS.unimplemented:
    case STATUS.unknown:
    case STATUS.internal:
      return /^(etcdserver|mvcc|rpc): /.test(error.details)
        ? refused(store, reason)
        : notEtcd(store);
    default:
      return refused(store, reason);
  }
}

export function notEtcd(store: string): AxonError {
  return new AxonError("STORE_UNREACHABLE", `what answers at ${store} is not etcd`, {
    hint: "Check the address and the port of the store, and whether it speaks TLS",
  });
}

export function refused(store: string, reason: string): AxonError {
  return new AxonError("STORE_REFUSED", `store ${store} refused a request: ${reason}`);
}

const ACCESS =
  /user name is empty|user name not found|invalid user ID or password|permission denied/;

function isAccess({ code, details }: CallFailure): boolean {
  return (
    code === STATUS.permissionDenied || code === STATUS.unauthenticated || ACCESS.test(details)
  );
}

function accessRefused(store: string, reason: string): AxonError {
  return new AxonError("STORE_REFUSED", `store ${store} refuses access: ${reason}`, {
    hint: "Set AXON_KV_USER and AXON_KV_PASSWORD to those of a user that may write the keys of the deployment",
  });
}

/** Where there was a connection, the text says to which address. */
function silence(details: string): string {
  return details.includes("remote_addr")
    ? "it takes connections but gives no answer"
    : "connecting took too long, or it does not speak etcd's protocol";
}

function unavailable(store: string, reason: string): AxonError {
  if (/no leader|leader changed|request timed out/.test(reason)) {
    return new AxonError("STORE_UNREACHABLE", `store ${store} has no leader`, {
      hint: "Try again when its servers have elected one",
    });
  }
  if (/Protocol error/.test(reason)) return notEtcd(store);
  const cause = new Error(socketReason(reason));
  const failed = connectionFailure(Object.assign(cause, { code: socketCode(reason) }), store);
  return failed ?? unreachable(store, cause.message, cause);
}

/** `connect ECONNREFUSED 127.0.0.1:2379`, out of what the library makes of it. */
function socketReason(details: string): string {
  const [, last = details] =
    /Last error: (?:Error: )?(.*?)\.? Resolution note:/s.exec(details) ?? [];
  return last.trim().split("\n", 1)[0] ?? details;
}

/** The library gives the text of an error and not its code. */
function socketCode(details: string): string | undefined {
  if (/Name resolution failed/.test(details)) return "ENOTFOUND";
  if (/wrong version number|before secure TLS connection/.test(details)) return "EPROTO";
  if (/certificate|altname|SSL routines|alert/i.test(details)) return "TLS";
  if (/Connection dropped|socket hang up|socket closed|stream was reset/i.test(details))
    return "ECONNRESET";
  return /\bE[A-Z_]{3,}\b/.exec(details)?.[0];
}
