import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { CertificateFacts, CertificateReader } from "../routing/certificate-reader.ts";
import { reveal } from "../secret.ts";

export function certificateReader(now: () => Date): CertificateReader {
  return {
    read: (pem) => {
      const certificate = certificateIn(pem);
      return certificate && factsOf(certificate, now());
    },
    keyFits: (pem, text) => {
      const key = keyIn(reveal(text));
      if (key === undefined) return "unreadable";
      return certificateIn(pem)?.checkPrivateKey(key) === true ? "fits" : "differs";
    },
  };
}

function certificateIn(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function factsOf({ subjectAltName, validFrom, validTo }: X509Certificate, now: Date) {
  const [from, until] = [new Date(validFrom), new Date(validTo)];
  const names = [...(subjectAltName ?? "").matchAll(/(?:^|, )DNS:([^,"]+)/g)];
  const begun: CertificateFacts["state"] = now < from ? "not-yet" : "valid";
  return {
    names: names.map(([, name = ""]) => name.toLowerCase()),
    until: until.toISOString(),
    state: now > until ? "expired" : begun,
  } as const;
}
