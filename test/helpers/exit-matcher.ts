import { expect } from "vitest";
import type { Run } from "./run-axon.ts";

interface ExitMatcher<R> {
  /** Of a command that ended; when it ended otherwise, all that it wrote is shown. */
  toExitWith(exitCode: number): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: vitest's own declaration, which this adds to, says so.
  interface Assertion<T = any> extends ExitMatcher<T> {}
}

expect.extend({
  toExitWith: ({ exitCode, stdout, stderr }: Run, expected: number) => ({
    pass: exitCode === expected,
    message: () => `exit code ${exitCode}, expected ${expected}\n${stdout}\n${stderr}`,
  }),
});
