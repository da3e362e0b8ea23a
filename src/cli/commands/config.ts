import { configAsJson } from "../../servicefile/config/config-as-json.ts";
import { configAsYaml } from "../../servicefile/config/config-as-yaml.ts";
import { resolveConfig } from "../../servicefile/config/resolve-config.ts";
import type { Context } from "../context.ts";
import { readSources } from "../load-servicefile.ts";
import { safeText } from "../output/safe-text.ts";
import type { VariableOptions } from "../read-variables.ts";
import { type TargetOptions, withTarget } from "../target.ts";

export interface ConfigOptions extends VariableOptions, TargetOptions {
  readonly file: string;
  readonly deployment: string | undefined;
  readonly format: "yaml" | "json";
  readonly origins: boolean;
}

/** Shows what a Servicefile says when includes, overlays and variables are put in, without an engine. */
export async function runConfig(options: ConfigOptions, context: Context): Promise<number> {
  const { origins, format, ...given } = await withTarget(options, context);
  const { source, given: parse } = await readSources(given.file, context, given);
  const tree = resolveConfig(source, parse);
  const text =
    format === "json"
      ? `${JSON.stringify(configAsJson(tree, origins), undefined, 2)}\n`
      : configAsYaml(tree, origins);
  context.stdout.write(safeText(text));
  return 0;
}
