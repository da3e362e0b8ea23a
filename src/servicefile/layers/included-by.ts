import { AxonError, AxonErrors } from "../../errors.ts";
import { type Include, includePaths } from "./include-paths.ts";
import { type LayerSource, readLayer } from "./read-layer.ts";

/** What a file includes. What is wrong with it is told when all files are put together. */
export function includedBy(source: LayerSource, allowOutside: boolean): readonly Include[] {
  // Most files include nothing, and need not be read twice.
  if (!source.text.includes("Includes")) return [];
  try {
    return includePaths(readLayer(source), allowOutside);
  } catch (problem) {
    if (problem instanceof AxonError || problem instanceof AxonErrors) return [];
    throw problem;
  }
}
