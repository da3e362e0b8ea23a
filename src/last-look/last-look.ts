import { basename } from "node:path";
import type { Read } from "../http/pipeline.ts";

/**
 * What a run that found nothing to do had read. A plan comes of nothing but what is read, so that where all of it
 * reads the same again, nothing differs again. Holds names, sizes of files and digests, and nothing else of what was read.
 */
export interface LastLook {
  readonly format: typeof FORMAT;
  /** Of which command it is, where, and of which program: the file is called so. */
  readonly run: string;
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

/** By which the look that is kept there knows its run. */
export function runAt(place: string): string {
  return basename(place, ".json");
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

/** The managed Consul. */
export interface LookedAtStore {
  readonly host: string;
  readonly port: number;
  /** undefined: it was asked without one. */
  readonly token?: LookedAtToken | undefined;
  readonly reads: readonly Read[];
}

/** The token itself is kept nowhere. */
export interface LookedAtToken {
  /** What the engine was asked: it is the name of the file to which a link in the store's container leads. */
  readonly read: Read;
  /** Of what was read before; only where that reads the same, the token is sent. */
  readonly digest: string;
}
