import type { DockerContainer, DockerCreate } from "./docker-api.ts";

/** What the file gave of that which engine and image have values for, too: an inspect result does not tell. */
const GIVEN_LABEL = "io.axon.given";

/** Whether a path like `labels.a` was given. undefined: Axon has not made it, so nobody knows. */
export type IsGiven = ((path: string) => boolean) | undefined;

type Labels = Record<string, string> | null | undefined;

export function nothingGiven(): boolean {
  return false;
}

export function markGiven(
  paths: readonly string[],
  body: Pick<DockerCreate, "Labels"> | { Labels?: Labels },
): void {
  if (paths.length === 0) return;
  const all = [...listed(body.Labels), ...paths].sort();
  body.Labels = { ...body.Labels, [GIVEN_LABEL]: JSON.stringify(all) };
}

export function givenIn({ Config: { Labels } }: DockerContainer): IsGiven {
  return Labels?.["io.axon.image"] === undefined ? undefined : givenBy(Labels);
}

/** What was given as `path=value`, of what an inspect result tells only while a container runs. */
export function givenValue(path: string, { Config: { Labels } }: DockerContainer) {
  const found = listed(Labels).find((one) => one.startsWith(`${path}=`));
  return found?.slice(path.length + 1);
}

/** Of something that Axon has made. */
export function givenBy(labels: Labels): NonNullable<IsGiven> {
  if (labels?.[GIVEN_LABEL] === undefined) return nothingGiven;
  const paths = new Set(listed(labels));
  return (path) => paths.has(path);
}

function listed(labels: Labels): readonly string[] {
  try {
    const paths: unknown = JSON.parse(labels?.[GIVEN_LABEL] ?? "[]");
    return Array.isArray(paths) ? paths : [];
  } catch {
    return [];
  }
}
