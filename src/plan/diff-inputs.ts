import type { AttributeValue, Delta } from "../fields/field.ts";
import { isKeyed, shortDigest } from "../fields/files.ts";
import { DIGEST_MARK, REFERENCE_PATH, type TaskInputs } from "./task-inputs.ts";

/** How what a one-shot would run with differs from what it last ran with; empty: no reason to run. */
export function diffInputs(before: TaskInputs, after: TaskInputs): readonly Delta[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => path !== REFERENCE_PATH && before[path] !== after[path])
    .sort()
    .map((path) =>
      path === "image" ? imageDelta(before, after) : inputDelta(path, before, after),
    );
}

function inputDelta(path: string, { [path]: before }: TaskInputs, { [path]: after }: TaskInputs) {
  if (isHidden(path, before) || isHidden(path, after)) return hiddenDelta(path, before, after);
  return { path, before: display(path, before), after: display(path, after) };
}

function hiddenDelta(path: string, before: string | undefined, after: string | undefined): Delta {
  const hidden = { path, before: undefined, after: undefined, sensitive: true };
  if (before !== undefined && after !== undefined) return hidden;
  return { ...hidden, note: before === undefined ? "added" : "removed" };
}

function imageDelta(before: TaskInputs, after: TaskInputs): Delta {
  const [old, wanted] = [before[REFERENCE_PATH], after[REFERENCE_PATH]];
  if (old !== wanted) {
    return { path: "image", before: old ?? shortId(before), after: wanted ?? shortId(after) };
  }
  return { path: "image", before: shortId(before), after: shortId(after), note: "same tag" };
}

function shortId({ image }: TaskInputs): string | undefined {
  return shortDigest(image);
}

/** Of a secret, or of a file that holds one. */
function isHidden(path: string, value: string | undefined): boolean {
  return value?.startsWith(DIGEST_MARK) || (isFile(path) && isKeyed(value));
}

function isFile(path: string): boolean {
  return path.startsWith("files.");
}

function display(path: string, value: string | undefined): AttributeValue | undefined {
  if (isFile(path)) return shortDigest(value);
  const isList = path === "entrypoint" || path === "command";
  return isList && value !== undefined ? parseList(value) : value;
}

/** Records come from the store: what is no list is shown as it is. */
function parseList(value: string): AttributeValue {
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) && list.every((item) => typeof item === "string") ? list : value;
  } catch {
    return value;
  }
}
