import { createHash, createHmac } from "node:crypto";
import type { KvStore } from "../kv/kv-store.ts";
import { Secret, type Text } from "../secret.ts";
import { digestKeyKey } from "../store-layout.ts";
import { ensureKeptKey, readKeptKey } from "./kept-key.ts";

const DIGEST_LENGTH = 32;

/** undefined before the deployment's first deploy. */
export function readDigestKey(
  store: KvStore,
  deployment: string,
  signal?: AbortSignal,
): Promise<Secret | undefined> {
  return readKeptKey(store, digestKeyKey(deployment), signal);
}

/** The deployment's key; made from `random` where there is none yet, and never changed after that. */
export function ensureDigestKey(
  store: KvStore,
  deployment: string,
  random: () => string,
): Promise<Secret> {
  return ensureKeptKey(store, digestKeyKey(deployment), random);
}

/** Stands for a secret value: equal for equal values, and worth nothing without the key. */
export function keyedDigest(key: Secret, text: string): string {
  return createHmac("sha256", key.reveal()).update(text).digest("hex").slice(0, DIGEST_LENGTH);
}

/** Stands for the content of a file: in the open where the content is, keyed where it is not for showing. */
export function contentDigest(key: Secret, content: Text): string {
  if (content instanceof Secret) return keyedDigest(key, content.reveal());
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
