import { AxonError } from "../errors.ts";
import type { RouteTls } from "../model.ts";
import { reveal, Secret } from "../secret.ts";
import type { DomainEntry, DomainTls, TlsSource } from "../servicefile/servicefile.ts";
import type { CertificateFacts } from "./certificate-reader.ts";
import type { RoutingInput, RoutingReport } from "./routing-input.ts";

/** The certificate of a domain, checked; undefined where it has none, or none that can be used. */
export function tlsOf(
  { domain, tls }: DomainEntry,
  input: RoutingInput,
  report: RoutingReport,
): RouteTls | undefined {
  if (tls?.kind !== "certificate") return tls;
  const { cert, key } = tls;
  const [pem, keyText] = [input.textOf(cert), input.textOf(key)];
  const facts = input.certificates.read(reveal(pem));
  const problem = (source: TlsSource, says: string, hint: string) =>
    report.error(
      new AxonError("CERTIFICATE_INVALID", `${domain}: ${says}`, {
        at: input.locate(source.path),
        hint,
      }),
    );
  if (facts === undefined) {
    problem(cert, `${nameOf(cert, "cert")} is not a certificate in PEM`, PEM_HINT);
    return undefined;
  }
  if (!facts.names.some((name) => covers(name, domain))) {
    const says = `${nameOf(cert, "cert")} is not for this domain; it is for ${listed(facts)}`;
    problem(cert, says, "Give the certificate that has the domain among its names.");
  }
  const fit = input.certificates.keyFits(reveal(pem), keyText);
  if (fit !== "fits") problem(key, `${nameOf(key, "key")} ${KEY_FAULTS[fit]}`, KEY_HINTS[fit]);
  notices(tls, { domain, facts }, report);
  return { kind: "certificate", certificate: reveal(pem), key: new Secret(reveal(keyText)) };
}

const PEM_HINT = "Give the file that begins with -----BEGIN CERTIFICATE-----.";

const KEY_FAULTS = {
  differs: "is the key of another certificate",
  unreadable: "is not a private key in PEM without a password",
} as const;

const KEY_HINTS = {
  differs: "Give the key that was made along with the certificate.",
  unreadable: "Give the file that begins with -----BEGIN PRIVATE KEY-----.",
} as const;

/** Time passes without anybody's doing: a deploy of something else must still be possible. */
function notices(
  { cert }: Extract<DomainTls, { kind: "certificate" }>,
  { domain, facts }: { readonly domain: string; readonly facts: CertificateFacts },
  report: RoutingReport,
): void {
  const day = facts.until.slice(0, 10);
  const name = nameOf(cert, "cert");
  if (facts.state === "expired") {
    report.notice(`${domain}: ${name} expired on ${day}: browsers refuse it`);
  }
  if (facts.state === "not-yet") report.notice(`${domain}: ${name} is not valid yet`);
}

/** A wildcard stands for one label; a route for a wildcard needs one, for all of its names. */
function covers(name: string, domain: string): boolean {
  if (name === domain) return true;
  return name.startsWith("*.") && !domain.startsWith("*.") && afterFirst(domain) === name.slice(2);
}

function afterFirst(domain: string): string {
  return domain.slice(domain.indexOf(".") + 1);
}

function listed({ names }: CertificateFacts): string {
  return names.length === 0 ? "no name at all" : names.slice(0, 10).join(", ");
}

/** As the reader would look for it. */
function nameOf(source: TlsSource, key: "cert" | "key"): string {
  return source.kind === "file" ? source.file : key;
}
