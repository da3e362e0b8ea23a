import type { AttributeValue, Delta } from "../fields/field.ts";
import { DIGEST_MARK, REFERENCE_PATH, type TaskInputs } from "./task-inputs.ts";

const SHORT_ID = "sha256:".length + 12;

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
  if (isDigest(before) || isDigest(after)) return hiddenDelta(path, before, after);
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
  return image?.slice(0, SHORT_ID);
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
