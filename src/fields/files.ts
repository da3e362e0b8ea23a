import type { PlacedFile } from "../model.ts";
import { deltaOf, sortedKeys } from "./delta.ts";
import type { DockerContainer } from "./docker-api.ts";
import type { Delta, Field } from "./field.ts";

type Files = readonly PlacedFile[];

/** Target to digest and mode, because an inspect result does not tell what was put into a container. */
const FILES_LABEL = "io.axon.files";

const OPEN_DIGEST = "sha256:";
const SHORT_DIGEST = OPEN_DIGEST.length + 12;

export const files: Field<Files> = {
  key: "files",
  change: "replace",
  diff(before, after) {
    const [old, wanted] = [byTarget(before), byTarget(after)];
    return sortedKeys(old, wanted).flatMap((target) =>
      fileDeltas(target, old.get(target), wanted.get(target)),
    );
  },
  /** The content itself is uploaded, and is in no label. */
  toDocker(value, body) {
    if (value.length === 0) return;
    const told = value.map(({ target, digest, mode }) => [target, { digest, mode }]);
    body.Labels = { ...body.Labels, [FILES_LABEL]: JSON.stringify(Object.fromEntries(told)) };
  },
  fromDocker: (container) =>
    labelled(container)
      .map(([target, { digest, mode }]) => ({ target, mode, digest }))
      .sort((a, b) => (a.target < b.target ? -1 : 1)),
};

function byTarget(list: Files): ReadonlyMap<string, PlacedFile> {
  return new Map(list.map((file) => [file.target, file]));
}

function fileDeltas(
  target: string,
  before: PlacedFile | undefined,
  after: PlacedFile | undefined,
): readonly Delta[] {
  const path = `files.${target}`;
  const content = contentDelta(path, before, after);
  if (before === undefined || after === undefined) return content;
  return [...content, ...deltaOf(`${path}.mode`, octal(before.mode), octal(after.mode))];
}

function contentDelta(
  path: string,
  before: PlacedFile | undefined,
  after: PlacedFile | undefined,
): readonly Delta[] {
  if (before?.digest === after?.digest) return [];
  const change = before === undefined ? "added" : "content changed";
  const note = after === undefined ? "removed" : change;
  return isKeyed(before?.digest) || isKeyed(after?.digest)
    ? [{ path, before: undefined, after: undefined, sensitive: true, note }]
    : [{ path, before: shortDigest(before?.digest), after: shortDigest(after?.digest), note }];
}

/** The digest of a secret content is keyed; that of any other says how it was made. */
export function isKeyed(digest: string | undefined): boolean {
  return digest !== undefined && !digest.startsWith(OPEN_DIGEST);
}

export function shortDigest(digest: string | undefined): string | undefined {
  return digest?.slice(0, SHORT_DIGEST);
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

type Labelled = readonly [target: string, file: { readonly digest: string; readonly mode: number }];

function labelled({ Config }: DockerContainer): readonly Labelled[] {
  try {
    const told: unknown = JSON.parse(Config.Labels?.[FILES_LABEL] ?? "{}");
    return Object.entries(told ?? {}).filter(isFile);
  } catch {
    return [];
  }
}

function isFile(entry: [string, unknown]): entry is [string, Labelled[1]] {
  const file = entry[1] as Partial<Labelled[1]> | null;
  return typeof file?.digest === "string" && typeof file.mode === "number";
}
