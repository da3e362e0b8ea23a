import type { AxonError } from "./errors.ts";

/** What happened, as data. Codes and data are the contract; sentences are the reporters'. */
export type AxonEvent =
  | { readonly kind: "run.started"; readonly operations: number }
  | {
      readonly kind: "operation.started";
      readonly operation: string;
      readonly change: string | undefined;
    }
  /** What it waits for, and does not change, is not so yet. */
  | {
      readonly kind: "operation.waiting";
      readonly operation: string;
      readonly change: string | undefined;
    }
  | {
      readonly kind: "operation.done";
      readonly operation: string;
      readonly change: string | undefined;
      readonly milliseconds: number;
    }
  | {
      readonly kind: "operation.failed";
      readonly operation: string;
      readonly change: string | undefined;
      readonly error: AxonError;
    }
  | {
      readonly kind: "operation.skipped";
      readonly operation: string;
      readonly change: string | undefined;
      /** `interrupted`, or the operation at the root of it: `<id> failed`. */
      readonly because: string;
    }
  /** A line that a one-shot wrote, while it runs. */
  | {
      readonly kind: "task.output";
      readonly task: string;
      readonly stream: "stdout" | "stderr";
      readonly line: string;
    }
  /** The last lines of a container that is about to be removed because it failed. */
  | {
      readonly kind: "container.logs";
      readonly container: string;
      readonly lines: readonly string[];
    }
  | { readonly kind: "image.pulling"; readonly reference: string }
  | { readonly kind: "notice"; readonly code: string; readonly message: string }
  | {
      readonly kind: "run.finished";
      readonly done: number;
      readonly failed: number;
      readonly skipped: number;
    };
