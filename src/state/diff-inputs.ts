import type { AttributeValue, Delta } from "../fields/field.ts";
import { DIGEST_MARK, REFERENCE_PATH, type TaskInputs } from "./task-inputs.ts";

/** How what a one-shot would run with differs from what it last ran with; empty: no reason to run. */
export function diffInputs(before: TaskInputs, after: TaskInputs): readonly Delta[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => path !== REFERENCE_PATH && before[path] !== after[path])
    .sort()
    .map((path) => (path === "image" ? imageDelta(before, after) : delta(path, before, after)));
}

function delta(path: string, before: TaskInputs, after: TaskInputs): Delta {
  if (isDigest(before[path]) || isDigest(after[path])) {
    return { path, before: undefined, after: undefined, sensitive: true };
  }
  return { path, before: display(path, before[path]), after: display(path, after[path]) };
}

function imageDelta(before: TaskInputs, after: TaskInputs): Delta {
  const sameTag = before[REFERENCE_PATH] === after[REFERENCE_PATH];
  if (sameTag) return { path: "image", before: before.image, after: after.image, note: "same tag" };
  return { path: "image", before: imageName(before), after: imageName(after) };
}

/** The reference, as long as there is one to tell the two apart by. */
function imageName(inputs: TaskInputs): string | undefined {
  return inputs[REFERENCE_PATH] ?? inputs.image;
}

function isDigest(value: string | undefined): boolean {
  return value?.startsWith(DIGEST_MARK) ?? false;
}

function display(path: string, value: string | undefined): AttributeValue | undefined {
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
