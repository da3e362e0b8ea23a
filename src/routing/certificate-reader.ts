import type { Text } from "../secret.ts";

/** What is in a certificate. To open one is not for the core, which is handed somebody who can. */
export interface CertificateReader {
  /** Of the first certificate in the text; undefined where there is none. */
  read(pem: string): CertificateFacts | undefined;
  /** Whether the key is that of the first certificate; "unreadable": it is no key, or one with a password. */
  keyFits(certificate: string, key: Text): "fits" | "differs" | "unreadable";
}

export interface CertificateFacts {
  /** Lower-case; one that begins with `*.` stands for every name directly below. */
  readonly names: readonly string[];
  /** ISO 8601, UTC: after this nobody takes it. */
  readonly until: string;
  readonly state: "valid" | "expired" | "not-yet";
}
