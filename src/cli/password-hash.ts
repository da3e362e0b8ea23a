import { createHash } from "node:crypto";
import type { PasswordHash } from "../routing/password-hash.ts";
import type { DomainEntry } from "../servicefile/servicefile.ts";

const COST = 10;

/** Loads bcrypt only where a domain asks for it. */
export async function openPasswordHash(
  domains: Readonly<Record<string, DomainEntry>>,
): Promise<PasswordHash> {
  const needsBasic = Object.values(domains).some(({ authMode }) => authMode === "basic");
  return { digest, basic: needsBasic ? await bcryptHash() : notLoaded };
}

function digest(user: string, realm: string, password: string): string {
  return md5(`${user}:${realm}:${password}`).toString("hex");
}

/**
 * The salt comes from the seed and not from chance, or every plan would show a change: it still differs
 * between users, domains and deployments, so one hash does not tell that two passwords are equal. `2y` is
 * what htpasswd writes, and the same algorithm as `2b`.
 */
async function bcryptHash(): Promise<PasswordHash["basic"]> {
  const { encodeBase64, hashSync } = await import("bcryptjs");
  return (seed, password) => {
    const salt = `$2y$${COST}$${encodeBase64(md5(seed), 16)}`;
    return hashSync(password, salt);
  };
}

function notLoaded(): never {
  throw new Error("basic authentication is hashed for a domain that does not ask for it");
}

function md5(text: string): Buffer {
  return createHash("md5").update(text, "utf8").digest();
}
