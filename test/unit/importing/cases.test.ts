import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { formatError } from "../../../src/cli/output/format-error.ts";
import { createPalette } from "../../../src/cli/output/palette.ts";
import { renderRemarks } from "../../../src/cli/output/remarks.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import { importCompose } from "../../../src/importing/compose/import-compose.ts";
import { variablesFrom } from "../../../src/servicefile/interpolate/variables.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const root = fileURLToPath(new URL("../../../fixtures/import/", import.meta.url));

interface Given {
  readonly files?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** One folder is one case: Compose files, and the Servicefile with what is told of it, or the errors. */
test.for(readdirSync(root))("the import of %s", async (name) => {
  const files = filesIn(`${root}${name}/`);
  const given: Given = JSON.parse(files["given.json"] ?? "{}");
  const results = resultOf(files, given);
  expect(Object.keys(results)).toEqual(
    name.startsWith("bad-") ? ["errors.txt"] : ["Servicefile", "remarks.txt"],
  );
  for (const [file, text] of Object.entries(results)) {
    await expect(text).toMatchFileSnapshot(`${root}${name}/${file}`);
  }
  if (results.Servicefile === undefined) return;
  const variables = variablesFrom([{ source: "test", values: given.variables ?? {} }]);
  const source = { file: "Servicefile", text: results.Servicefile };
  expect(() => parseServicefile(source, { variables })).not.toThrow();
});

type Files = Readonly<Record<string, string>>;

function filesIn(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(`${folder}${name}`).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(`${folder}${name}`, "utf8")]));
}

function resultOf(files: Files, { files: names = ["compose.yaml"], variables = {} }: Given): Files {
  const sources = names.map((file) => ({ file, text: files[file] ?? "", directory: "" }));
  try {
    const { text, remarks } = importCompose({
      files: sources,
      variables: variablesFrom([{ source: "test", values: variables }]),
      projectName: "shop",
    });
    return { Servicefile: text, "remarks.txt": renderRemarks(remarks, createPalette(false)) };
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    return { "errors.txt": `${formatError(error, (name) => files[name])}\n` };
  }
}
