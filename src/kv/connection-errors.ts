import { AxonError } from "../errors.ts";

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was lost",
  EPIPE: "the connection was lost",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "its name cannot be looked up",
  ETIMEDOUT: "connecting took too long",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  EPROTO: "it does not speak TLS at this port",
};

const TLS_CODE = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/;

/** What a socket, or the look-up before it, failed with; undefined: it was something else. */
export function connectionFailure(error: Error, store: string): AxonError | undefined {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) return undefined;
  if (TLS_CODE.test(code)) return tlsFailure(store, error);
  return unreachable(store, REASONS[code] ?? code, error);
}

export function unreachable(store: string, reason: string, cause?: Error): AxonError {
  return new AxonError("STORE_UNREACHABLE", `store ${store} does not answer: ${reason}`, {
    hint: "Check that it runs and that its address is right",
    cause,
  });
}

function tlsFailure(store: string, cause: Error): AxonError {
  return new AxonError("STORE_UNREACHABLE", `no secure connection to ${store}: ${cause.message}`, {
    hint: "Set AXON_KV_CACERT to the certificate that signed the store's",
    cause,
  });
}
