import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { Tree } from "../yaml/tree.ts";

/** `/srv/redis/` and `/srv//redis` are `/srv/redis`. */
export function containerPath(text: string, { path }: Tree, report: Report): string {
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  const isUnusable = parts.length === 0 || parts.includes("..") || /[:\0]/.test(text);
  if (isUnusable || !text.startsWith("/")) {
    report({ path, says: `cannot be mounted at ${quoted(text)}` });
  }
  return `/${parts.join("/")}`;
}
