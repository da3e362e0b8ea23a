import { AxonError, throwAll } from "../errors.ts";
import { own } from "../own.ts";
import { Secret, type Text } from "../secret.ts";
import { parseEnvFile } from "../servicefile/env-file.ts";
import type { EnvSection, FileNeed, FileSource, PlacedEntry } from "../servicefile/servicefile.ts";
import type { BuildInput } from "./build-input.ts";

/** Every variable of an env file; what is wrong in it is told all at once. */
export function envOfFile({ file, path }: FileNeed, input: BuildInput): EnvSection {
  const { entries, problems } = parseEnvFile(inputText(file, input));
  const at = input.servicefile.locate(path);
  throwAll(
    problems.map(
      ({ line, says }) =>
        // The position is not that of the line: an error shows what stands there.
        new AxonError("SERVICEFILE_INVALID", `${beside(file, input)}:${line} ${says}`, { at }),
    ),
  );
  return Object.fromEntries(entries);
}

/** What a name of Files or Secrets stands for. */
export function sourceText(
  { section, name, path }: Pick<PlacedEntry, "section" | "name" | "path">,
  input: BuildInput,
): Text {
  if (section === "Secrets") return secretText(name, path, input);
  const source = input.servicefile.files[name];
  if (source === undefined) throw new Error(`Files has no ${name}`);
  return fileText(source, input);
}

export function fileText(source: FileSource, input: BuildInput): Text {
  return source.kind === "content" ? source.content : inputText(source.file, input);
}

function secretText(name: string, path: PlacedEntry["path"], input: BuildInput): Secret {
  const { servicefile, inputs } = input;
  const source = servicefile.secrets[name];
  if (source === undefined) throw new Error(`Secrets has no ${name}`);
  if (source.kind === "file") return new Secret(inputText(source.file, input));
  const isVariable = source.kind === "env";
  const value = isVariable ? own(inputs.env, source.variable) : storedText(source.key, input);
  if (value !== undefined) return new Secret(value);
  const missing = isVariable
    ? `comes from the variable ${source.variable}, which is not set`
    : `comes from the key ${source.key}, which is not in the store`;
  throw new AxonError("SERVICEFILE_INVALID", `secret ${name} ${missing}`, {
    at: servicefile.locate(path),
  });
}

/** What the file wants wins over what the store has. */
function storedText(key: string, { servicefile, config }: BuildInput): string | undefined {
  const value = own(servicefile.config, key) ?? own(config, key);
  return value instanceof Secret ? value.reveal() : value;
}

function inputText(file: string, { inputs }: BuildInput): string {
  const text = inputs.files[file];
  if (text === undefined) throw new Error(`the text of ${file} was not handed in`);
  return text;
}

/** As the reader would write it. */
function beside(file: string, { servicefile }: BuildInput): string {
  return file.startsWith("/") ? file : servicefile.file.replace(/[^/]*$/, "") + file;
}
