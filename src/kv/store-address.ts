import type { Secret } from "../secret.ts";

/** Where a store is and how one gets in. Says nothing of what is kept there. */
export interface StoreAddress {
  readonly kind: "consul";
  readonly host: string;
  readonly port: number;
  /** Speak TLS. */
  readonly secure: boolean;
  readonly token?: Secret | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Axon's own: the engine tells whether it runs, and it keeps nothing from anybody. */
  readonly isManaged?: boolean;
}

/** Files are in PEM. */
export interface TlsOptions {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly serverName?: string | undefined;
  /** false: any certificate will do. */
  readonly verify?: boolean | undefined;
}

/** For readers: `consul://127.0.0.1:8500`. */
export function describeAddress({ host, port, secure }: StoreAddress): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `${secure ? "consuls" : "consul"}://${name}:${port}`;
}
