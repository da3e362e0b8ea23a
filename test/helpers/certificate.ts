import { execFileSync } from "node:child_process";
import { isIP } from "node:net";

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that signs itself, for the next ten days, and its key. */
export function certificateFor(...names: readonly string[]): KeyPair {
  const text = execFileSync(
    "openssl",
    [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 10".split(" "),
      ..."-subj /CN=test -keyout - -out -".split(" "),
      ...["-addext", `subjectAltName=${names.map(altName).join(",")}`],
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
  );
  return { cert: block(text, "CERTIFICATE"), key: block(text, "PRIVATE KEY") };
}

function altName(name: string): string {
  return `${isIP(name) ? "IP" : "DNS"}:${name}`;
}

function block(text: string, what: string): string {
  const found = new RegExp(`-----BEGIN ${what}-----.*?-----END ${what}-----\n`, "s").exec(text);
  if (found === null) throw new Error(`openssl gave no ${what}`);
  return found[0];
}
