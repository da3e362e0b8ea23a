import { expect } from "vitest";
import { formatError } from "../../../src/cli/output/format-error.ts";
import { AxonError, AxonErrors, type SourcePosition } from "../../../src/errors.ts";
import { resolveConfig } from "../../../src/servicefile/config/resolve-config.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import { build } from "../build-model/build.ts";

/** Whatever the text is: it becomes a model, or every problem is an error of ours with a place in the file. Says which. */
export function survives(text: string): "model" | "errors" {
  const file = "Servicefile";
  try {
    const { needs } = parseServicefile({ file, text });
    resolveConfig({ file, text }, {});
    const files = Object.fromEntries(needs.files.map((need) => [need.file, "A=1\n"]));
    const env = Object.fromEntries(needs.env.map((name) => [name, "1"]));
    const { model } = build(text, { inputs: { files, env, directory: "/site" } });
    // No other program would give these back as they were.
    expect(JSON.stringify(model).replaceAll("\\\\", "")).not.toMatch(/\\u0000|\\ud[89a-f]/);
    return "model";
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    const errors = error instanceof AxonError ? [error] : error.errors;
    const lines = text.replace(/^\uFEFF/, "").split("\n");
    for (const { at, code, message } of errors) {
      expect(code).not.toBe("INTERNAL");
      expect(message.length).toBeLessThan(2000);
      expect(at && isInside(at, lines), `${message} at ${JSON.stringify(at)}`).toBe(true);
    }
    expect(formatError(error, () => text)).toMatch(/^error [A-Z_]+: /);
    return "errors";
  }
}

function isInside({ line, column }: SourcePosition, lines: readonly string[]): boolean {
  return line >= 1 && column >= 1 && column <= (lines[line - 1] ?? "").length + 1;
}
