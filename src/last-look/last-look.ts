import type { Read } from "../http/pipeline.ts";

/**
 * What a run that found nothing to do had read. A plan comes of nothing but what is read, so that where all of it
 * reads the same again, nothing differs again. Holds names and digests, and nothing of what was read.
 */
export interface LastLook {
  readonly format: typeof FORMAT;
  /** What the run wrote. */
  readonly says: string;
  /** Names of variables of the environment, set or not. */
  readonly env: readonly string[];
  readonly files: readonly LookedAtFile[];
  readonly engine: LookedAtEngine;
  readonly store: LookedAtStore;
  /** Of all that was read. */
  readonly digest: string;
}

/** Another one is not understood, and as good as none. */
export const FORMAT = 1;

export interface LookedAtFile {
  readonly path: string;
  /** The directory that it may not lead out of. */
  readonly within?: string | undefined;
  /** Bytes; undefined: it was not there. */
  readonly size?: number | undefined;
}

export interface LookedAtEngine {
  /** Path of its Unix socket. */
  readonly socket: string;
  readonly reads: readonly Read[];
}

/** A Consul without TLS. */
export interface LookedAtStore {
  readonly host: string;
  readonly port: number;
  /** undefined: it was asked without one. */
  readonly token?: LookedAtToken | undefined;
  readonly reads: readonly Read[];
}

/** The token itself is kept nowhere. */
export interface LookedAtToken {
  readonly at: TokenPlace;
  /** Of what was read before; only where that reads the same, the token is sent to the same place. */
  readonly digest: string;
}

export type TokenPlace =
  | { readonly kind: "env"; readonly name: string }
  /** A file of `files`. */
  | { readonly kind: "file"; readonly path: string }
  /** The name of the file to which a link in a container leads. */
  | { readonly kind: "link"; readonly read: Read };
