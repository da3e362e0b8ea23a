import { AxonError } from "../errors.ts";

/** The store did not answer, so nobody knows whether what was asked of it was done. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof AxonError && error.code === "STORE_UNREACHABLE";
}
