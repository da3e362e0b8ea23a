import type { Report } from "../problems/problem.ts";
import type { Path } from "../yaml/tree.ts";
import { labelFault } from "./dns-label.ts";

const LONGEST = 253;

/** Lower-case, in ASCII; `*.example.org` is every name directly below it. */
export function canonicalHostname(text: string, path: Path, report: Report): string | undefined {
  const domain = inAscii(text.toLowerCase());
  const labels = domain.replace(/^\*\./, "").split(".");
  const fault = labels.map(labelFault).find((found) => found !== undefined);
  if (fault === undefined && domain.length <= LONGEST) return domain;
  const what = fault?.startsWith("has ") ? `it ${fault}` : `a part of it ${fault ?? "is too much"}`;
  const says = `is not a domain: ${what}`;
  report({ path, says, hint: hintFor(domain) });
  return undefined;
}

/** `bücher.example` is `xn--bcher-kva.example` to browsers, certificates and routers. */
function inAscii(domain: string): string {
  const [, star = "", name = ""] = /^(\*\.)?(.*)$/s.exec(domain) ?? [];
  const isPlain = !/[^\p{L}\p{M}\p{N}.-]/u.test(name);
  if (!isPlain || /^[\0-\x7f]*$/.test(name) || !URL.canParse(`http://${name}`)) return domain;
  return star + new URL(`http://${name}`).hostname;
}

function hintFor(domain: string): string {
  if (domain.includes("/")) return "write the domain alone, and what comes after it as path: /x";
  if (domain.includes(":")) return "write the domain alone, without a port";
  return "write it like example.org or *.example.org";
}
