import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";

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

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** The same in files `<name>-cert.pem` and `<name>-key.pem`. */
export function writeCertificate(
  folder: string,
  name: string,
  ...names: readonly string[]
): CertificateFiles {
  const { cert, key } = certificateFor(...names);
  const file = (kind: string, text: string) => {
    const path = join(folder, `${name}-${kind}.pem`);
    writeFileSync(path, text);
    return path;
  };
  return { certFile: file("cert", cert), keyFile: file("key", key) };
}

function altName(name: string): string {
  return `${isIP(name) ? "IP" : "DNS"}:${name}`;
}

function block(text: string, what: string): string {
  const found = new RegExp(`-----BEGIN ${what}-----.*?-----END ${what}-----\n`, "s").exec(text);
  if (found === null) throw new Error(`openssl gave no ${what}`);
  return found[0];
}
