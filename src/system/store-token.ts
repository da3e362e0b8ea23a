import type { Engine, FileToPlace } from "../engine/engine.ts";
import type { LiveContainer } from "../live.ts";
import { Secret } from "../secret.ts";
import { asUuid } from "../state/store-token.ts";
import {
  STORE_TOKEN_DIRECTORY,
  STORE_TOKEN_FILE,
  STORE_TOKEN_LINK,
  STORE_TOKENS_FILE,
  TOKEN_FILE_VARIABLE,
} from "./system-model.ts";

/** false: it was made by an Axon whose store let everybody read and write. */
export function asksForTokens({ spec }: LiveContainer): boolean {
  return spec.env[TOKEN_FILE_VARIABLE] !== undefined;
}

/** The token with which deployers manage the store, from its volume; undefined: there is none yet. */
export async function readStoreToken(
  engine: Engine,
  container: string,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  const name = await engine.readLink(container, STORE_TOKEN_LINK, signal);
  return name === undefined ? undefined : new Secret(name);
}

export interface PlaceToken {
  readonly engine: Engine;
  /** Of the managed store. */
  readonly container: string;
  /** 64 hexadecimal digits from a secure source. */
  readonly random: () => string;
  readonly signal: AbortSignal;
}

/**
 * Puts a token on the store's volume where there is none, which the store takes when it starts the next time.
 */
export async function ensureStoreToken({
  engine,
  container,
  random,
  signal,
}: PlaceToken): Promise<void> {
  if ((await readStoreToken(engine, container, signal)) !== undefined) return;
  await engine.placeFiles(container, filesOf(new Secret(asUuid(random()))), signal);
}

/** The link comes last: where it is, the others are. */
function filesOf(token: Secret): readonly FileToPlace[] {
  return [
    { kind: "directory", path: STORE_TOKEN_DIRECTORY, mode: 0o700 },
    { kind: "file", path: STORE_TOKENS_FILE, mode: 0o600, content: settingsWith(token) },
    { kind: "file", path: STORE_TOKEN_FILE, mode: 0o600, content: token },
    { kind: "link", path: STORE_TOKEN_LINK, leadsTo: token },
  ];
}

/**
 * Consul makes the token `master` a token for everything when it starts and has no such token. Consul 1.11
 * calls it `initial_management`, which earlier ones do not know, and goes on taking its old name.
 */
function settingsWith(token: Secret): Secret {
  const tokens = { master: token.reveal(), agent: token.reveal() };
  return new Secret(JSON.stringify({ acl: { enabled: true, default_policy: "deny", tokens } }));
}
