import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { formatError } from "../../../src/cli/output/format-error.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import { type Variables, variablesFrom } from "../../../src/servicefile/interpolate/variables.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const root = fileURLToPath(new URL("../../../fixtures/servicefile/", import.meta.url));

/** One folder is one case: a Servicefile, and either what it means or what a reader is told. */
test.for(readdirSync(root))("the Servicefile of %s", async (name) => {
  const text = readFileSync(`${root}${name}/Servicefile`, "utf8");
  const [golden, other, result] = resultOf(text, variablesOf(`${root}${name}/variables.json`));
  expect(existsSync(`${root}${name}/${other}`)).toBe(false);
  expect(golden).toBe(name.startsWith("bad-") ? "errors.txt" : "canonical.json");
  await expect(result).toMatchFileSnapshot(`${root}${name}/${golden}`);
});

function variablesOf(file: string): Variables {
  const values = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  return variablesFrom([{ source: "test", values }]);
}

function resultOf(
  text: string,
  variables: Variables,
): [golden: string, other: string, result: string] {
  try {
    const {
      file,
      text: _,
      ...content
    } = parseServicefile({ file: "Servicefile", text }, { variables });
    return ["canonical.json", "errors.txt", `${JSON.stringify(content, undefined, 2)}\n`];
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    return ["errors.txt", "canonical.json", `${formatError(error, () => text)}\n`];
  }
}
