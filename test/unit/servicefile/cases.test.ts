import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { formatError } from "../../../src/cli/output/format-error.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import { variablesFrom } from "../../../src/servicefile/interpolate/variables.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const root = fileURLToPath(new URL("../../../fixtures/servicefile/", import.meta.url));

/**
 * One folder is one case: a Servicefile, the files that it includes, and either what it means or what a reader
 * is told. Files whose names begin with "overlay" are merged over it, in the order of their names.
 */
test.for(readdirSync(root))("the Servicefile of %s", async (name) => {
  const files = filesIn(`${root}${name}/`);
  const [golden, other, result] = resultOf(files);
  expect(existsSync(`${root}${name}/${other}`)).toBe(false);
  expect(golden).toBe(name.startsWith("bad-") ? "errors.txt" : "canonical.json");
  await expect(result).toMatchFileSnapshot(`${root}${name}/${golden}`);
});

type Files = Readonly<Record<string, string>>;

function filesIn(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(`${folder}${name}`).isFile()).sort();
  return Object.fromEntries(files.map((name) => [name, readFileSync(`${folder}${name}`, "utf8")]));
}

function resultOf(files: Files): [golden: string, other: string, result: string] {
  const variables = variablesFrom([
    { source: "test", values: JSON.parse(files["variables.json"] ?? "{}") },
  ]);
  const overlays = Object.keys(files).filter((name) => name.startsWith("overlay"));
  const others = { texts: files, overlays, shown: (path: string) => path };
  try {
    const source = { file: "Servicefile", text: files.Servicefile ?? "" };
    const { file, text: _, ...content } = parseServicefile(source, { variables, others });
    return ["canonical.json", "errors.txt", `${JSON.stringify(content, undefined, 2)}\n`];
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    return ["errors.txt", "canonical.json", `${formatError(error, (name) => files[name])}\n`];
  }
}
