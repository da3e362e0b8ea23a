import { randomBytes, randomInt } from "node:crypto";
import type { GenerateSpec } from "../servicefile/servicefile.ts";

const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** From a secure source; `length` counts characters of the result. */
export function generateValue({ encoding, length }: GenerateSpec): string {
  if (encoding === "alnum") {
    return Array.from({ length }, () => ALNUM[randomInt(ALNUM.length)]).join("");
  }
  return randomBytes(length).toString(encoding).slice(0, length);
}
