import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import { childOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";

const USUAL_PERMISSIONS = "rwm";

/** `/dev/a`, `/dev/a:/dev/b` and `{source: /dev/a}` are `/dev/a:/dev/b:rwm` here. */
export function canonicalDevices(tree: Tree | undefined, report: Report): readonly string[] {
  const devices = itemsOf(tree).flatMap((item) => device(item, report) ?? []);
  return [...new Set(devices)].sort();
}

function device(tree: Tree, report: Report): string | undefined {
  const { source, target, permissions } = partsOf(tree);
  const isUsable =
    [source, target].every((path) => /^\/[^:]+$/.test(path)) && /^[rwm]{1,3}$/.test(permissions);
  if (isUsable) return `${source}:${target}:${permissions}`;
  const text = [source, target, permissions].join(":");
  const says = `is not a device: ${quoted(textOf(tree) ?? text)}`;
  report({ path: tree.path, says, hint: "write it like /dev/ttyUSB0:/dev/tty0:rw" });
  return undefined;
}

function partsOf(tree: Tree) {
  const [source = "", second, third] = (textOf(tree) ?? "").split(":");
  if (tree.kind === "scalar") return filled(source, second, third);
  const of = (key: string) => textOf(childOf(tree, key));
  return filled(of("source") ?? "", of("target"), of("permissions"));
}

/** As Docker has it, permissions may stand where the target is left out. */
function filled(source: string, second: string | undefined, third: string | undefined) {
  if (third === undefined && second !== undefined && /^[rwm]+$/.test(second)) {
    return { source, target: source, permissions: second };
  }
  return { source, target: second ?? source, permissions: third ?? USUAL_PERMISSIONS };
}
