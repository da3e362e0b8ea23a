import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import { childOf, type Path, type Tree, textOf } from "../yaml/tree.ts";
import { labelNear, labelProblem } from "./dns-label.ts";

export interface Named {
  readonly name: string;
  readonly image: string;
}

/** Without `image` the key is the image, and names the service by its last part. */
export function nameService(key: string, body: Tree, report: Report): Named {
  const given = childOf(body, "image");
  const image = textOf(given) ?? key;
  if (given) checkImage(image, given.path, report);
  const name = given || !isImage(key) ? key : lastPart(key);
  const problem = labelProblem(name, body.path);
  if (problem) report(name === key ? problem : { ...problem, hint: renameHint(name, key) });
  return { name, image };
}

function renameHint(name: string, key: string): string {
  return `give it a name of its own: ${labelNear(name) || "app"}: {image: ${key}}`;
}

/** `localhost:5000/rock77/redis:7@sha256:...` is redis. */
function lastPart(image: string): string {
  const [withoutDigest = ""] = image.split("@");
  return (withoutDigest.split("/").at(-1) ?? "").replace(/:.*$/, "");
}

const PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const REGISTRY = "(?:[a-zA-Z0-9.-]+(?::[0-9]+)?|\\[[0-9a-fA-F:]+\\](?::[0-9]+)?)";
const IMAGE = new RegExp(
  `^(?:${REGISTRY}/)?${PART}(?:/${PART})*(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(?:@[a-z0-9]+:[a-fA-F0-9]{32,})?$`,
);

function isImage(text: string): boolean {
  return IMAGE.test(text);
}

function checkImage(image: string, path: Path, report: Report): void {
  if (isImage(image)) return;
  const says = `is ${quoted(image)}, which is not the name of an image`;
  report({ path, says, hint: "write it like redis:7 or registry.example.org/team/website:1.2" });
}
