import type { AxonError } from "../errors.ts";

/** What became of one operation. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: AxonError }
  | { readonly kind: "skipped"; readonly because: string }
  /** Of an operation that undoes: there was nothing to undo. */
  | { readonly kind: "unneeded" };

/** By operation id, in the plan's order. */
export type Outcomes = ReadonlyMap<string, Outcome>;
