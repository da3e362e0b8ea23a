import type { Report } from "../problems/problem.ts";
import { quoted } from "../problems/show-value.ts";
import type { Path } from "../yaml/tree.ts";

const BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV4 = new RegExp(`^${BYTE}(\\.${BYTE}){3}$`);

/** An address of the host: "" is every one; IPv6 is written in brackets and shortened here. */
export function hostAddress(text: string, path: Path, report: Report): string | undefined {
  if (text === "" || IPV4.test(text)) return text;
  const isIpv6 = text.startsWith("[") && URL.canParse(`http://${text}/`);
  if (isIpv6) return new URL(`http://${text}/`).hostname.slice(1, -1);
  const says = `has the host address ${quoted(text)}, which is not an IP address`;
  report({ path, says, hint: "write 127.0.0.1, or [::1] for IPv6" });
  return undefined;
}
