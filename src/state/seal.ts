import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Secret } from "../secret.ts";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Compressed and encrypted text, in base64. Opens only with the same key and the same label. */
export function seal(text: string, key: Secret, label: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyBytes(key), nonce).setAAD(Buffer.from(label));
  const sealed = [cipher.update(gzipSync(text)), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString("base64");
}

/** Throws when a single bit, the key or the label is another one. */
export function unseal(sealed: string, key: Secret, label: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, keyBytes(key), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(label)).setAuthTag(tag);
  const text = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
  return gunzipSync(Buffer.concat(text)).toString("utf8");
}

function keyBytes(key: Secret): Buffer {
  return createHash("sha256").update(key.reveal()).digest();
}
