import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import { childOf, itemsOf, type Tree, textOf } from "../yaml/tree.ts";

const USUAL_PERMISSIONS = "rwm";

/** `/dev/a`, `/dev/a:/dev/b` and `{source: /dev/a}` are `/dev/a:/dev/b:rwm` here. */
export function canonicalDevices(tree: Tree | undefined, report: Report): readonly string[] {
  const devices = itemsOf(tree).flatMap((item) => device(item, report) ?? []);
  return [...new Set(devices)].sort();
}

/** The same of a text; undefined where it is none. */
export function deviceIn(text: string): string | undefined {
  return usable(partsIn(text));
}

function device(tree: Tree, report: Report): string | undefined {
  const parts = partsOf(tree);
  const found = usable(parts);
  if (found !== undefined) return found;
  const { source, target, permissions } = parts;
  const text = [source, target, permissions].join(":");
  const says = `is not a device: ${quoted(textOf(tree) ?? text)}`;
  report({ path: tree.path, says, hint: "write it like /dev/ttyUSB0:/dev/tty0:rw" });
  return undefined;
}

type Parts = ReturnType<typeof filled>;

function usable({ source, target, permissions }: Parts): string | undefined {
  const isUsable =
    [source, target].every((path) => /^\/[^:]+$/.test(path)) && /^[rwm]{1,3}$/.test(permissions);
  return isUsable ? `${source}:${target}:${permissions}` : undefined;
}

function partsIn(text: string): Parts {
  const [source = "", second, third] = text.split(":");
  return filled(source, second, third);
}

function partsOf(tree: Tree): Parts {
  if (tree.kind === "scalar") return partsIn(textOf(tree) ?? "");
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
