import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { formatError } from "../../../src/cli/output/format-error.ts";
import { createPalette } from "../../../src/cli/output/palette.ts";
import { renderRemarks } from "../../../src/cli/output/remarks.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import { importCompose } from "../../../src/importing/compose/import-compose.ts";
import { importDockerConfig } from "../../../src/importing/docker-config/import-docker-config.ts";
import { type Found, OtherTexts } from "../../../src/importing/other-texts.ts";
import { variablesFrom } from "../../../src/servicefile/interpolate/variables.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";

const root = fileURLToPath(new URL("../../../fixtures/import/", import.meta.url));

interface Given {
  readonly format?: "docker-config";
  readonly files?: readonly string[];
  /** What Axon does not take as it is in Compose: the import says so, and the plan is an error. */
  readonly isRefused?: boolean;
  /** Paths that are mounted, and are not there. */
  readonly missing?: readonly string[];
  readonly profiles?: readonly string[];
  /** Variables of the file .env. */
  readonly dotEnv?: Readonly<Record<string, string>>;
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
  const variables = variablesFrom([{ source: "environment", values: given.variables ?? {} }]);
  const source = { file: "Servicefile", text: results.Servicefile };
  const parse = () => parseServicefile(source, { variables });
  if (given.isRefused) expect(parse).toThrow();
  else expect(parse).not.toThrow();
});

type Files = Readonly<Record<string, string>>;

function filesIn(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(`${folder}${name}`).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(`${folder}${name}`, "utf8")]));
}

function resultOf(files: Files, given: Given): Files {
  const {
    files: names = ["compose.yaml"],
    variables = {},
    profiles = [],
    dotEnv = {},
    format,
  } = given;
  const input = {
    files: names.map((file) => ({ file, text: files[file] ?? "", directory: "" })),
    others: new OtherTexts(
      (path) => foundIn(files, given, path),
      (path) => path,
    ),
    profiles,
    variables: variablesFrom([
      { source: "environment", values: variables },
      { source: ".env", values: dotEnv },
    ]),
    projectName: "shop",
  };
  try {
    const imported = (format ? importDockerConfig : importCompose)(input);
    if (imported === undefined) throw new Error("a text is missing");
    const { text, remarks } = imported;
    return { Servicefile: text, "remarks.txt": renderRemarks(remarks, createPalette(false)) };
  } catch (error) {
    if (!(error instanceof AxonError || error instanceof AxonErrors)) throw error;
    return { "errors.txt": `${formatError(error, (name) => files[name])}\n` };
  }
}

/** What is mounted is there, but for what the case says. */
function foundIn(files: Files, { missing = [] }: Given, path: string): Found {
  const text = files[path];
  return text === undefined ? { isThere: !missing.includes(path) } : { isThere: true, text };
}
