import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { certificateReader } from "../../../src/cli/certificate-reader.ts";
import { Secret } from "../../../src/secret.ts";
import { certificateFor } from "../../helpers/certificate.ts";

const DAY = 86_400_000;
const reader = (days = 0) => certificateReader(() => new Date(Date.now() + days * DAY));

test("the names of a certificate are read in lower case", () => {
  const { cert } = certificateFor("Example.org", "*.example.org");
  expect(reader(1).read(cert)).toMatchObject({
    names: ["example.org", "*.example.org"],
    state: "valid",
  });
});

test("of a chain, the first certificate counts", () => {
  const [first, second] = [certificateFor("first.example.org"), certificateFor("ca.example.org")];
  expect(reader().read(first.cert + second.cert)?.names).toEqual(["first.example.org"]);
  expect(reader().keyFits(first.cert + second.cert, first.key)).toBe("fits");
});

test("a certificate is expired after its last day, and not yet valid before its first", () => {
  const { cert } = certificateFor("example.org");
  expect(reader(11).read(cert)?.state).toBe("expired");
  expect(reader(-1).read(cert)?.state).toBe("not-yet");
});

test("the key of another certificate does not fit, and a key with a password cannot be read", () => {
  const [own, other] = [certificateFor("example.org"), certificateFor("example.org")];
  expect(reader().keyFits(own.cert, new Secret(own.key))).toBe("fits");
  expect(reader().keyFits(own.cert, new Secret(other.key))).toBe("differs");
  const locked = execFileSync("openssl", ["pkey", "-aes256", "-passout", "pass:change-me"], {
    input: own.key,
    encoding: "utf8",
  });
  expect(reader().keyFits(own.cert, new Secret(locked))).toBe("unreadable");
});

test("text that is no certificate is none", () => {
  const { key } = certificateFor("example.org");
  for (const text of ["", "hello", key, "-----BEGIN CERTIFICATE-----\nAAAA\n"]) {
    expect(reader().read(text)).toBeUndefined();
  }
});
