import type { Variables } from "../../../servicefile/interpolate/variables.ts";
import type { MapNode } from "../../node.ts";
import type { SourceFile } from "../../source-file.ts";
import { readCompose } from "../read-compose.ts";
import { withExtended } from "./extends.ts";
import { withIncluded } from "./include.ts";
import type { Loading } from "./loading.ts";
import { mergeFiles, withoutReset } from "./merge.ts";

/** Several Compose files, with what they extend and include, as one. undefined: another text is needed first. */
export function loadProject(
  files: readonly SourceFile[],
  variables: Variables,
  loading: Loading,
): MapNode | undefined {
  const { findings, unset } = loading;
  const read = (source: SourceFile) => readCompose(source, { variables, findings, unset });
  const told = new Set<string>();
  const extended = files.map((source) => withExtended(read(source), { ...loading, read, told }));
  const known = extended.filter((node) => node !== undefined);
  const [first, ...more] = known;
  if (first === undefined || known.length < extended.length) return undefined;
  const merged = withoutReset(more.reduce(mergeFiles, first));
  return withIncluded(merged, variables, { ...loading, load: loadProject });
}
