import { X509Certificate } from "node:crypto";
import { AxonError } from "../errors.ts";
import type { LiveContainer } from "../live.ts";
import { type AcmeSettings, acmeSettingsOf } from "../system/acme-settings.ts";
import type { Context } from "./context.ts";
import { readInput } from "./read-value.ts";

export interface AcmeFlags {
  readonly acmeEmail: string | undefined;
  readonly acmeServer: string | undefined;
  /** Name of a file. */
  readonly acmeRoot: string | undefined;
}

/** What is not said stays as it is at the router that is there; an empty text is the usual again. */
export async function acmeWish(
  { acmeEmail, acmeServer, acmeRoot }: AcmeFlags,
  live: LiveContainer | undefined,
  context: Context,
): Promise<AcmeSettings> {
  const there = acmeSettingsOf(live);
  const server = said(acmeServer, there.server);
  if (acmeEmail) checkEmail(acmeEmail);
  if (acmeServer) checkServer(acmeServer);
  const given = acmeRoot ? await readRoot(acmeRoot, context) : undefined;
  if (given !== undefined && server === undefined) {
    throw usage("--acme-root is of no use without --acme-server", "Name the authority, too.");
  }
  const kept = acmeRoot === undefined && server === there.server ? there.root : undefined;
  return { email: said(acmeEmail, there.email), server, root: given ?? kept };
}

function said(flag: string | undefined, there: string | undefined): string | undefined {
  return flag === undefined ? there : flag || undefined;
}

function checkEmail(text: string): void {
  if (/^[^\s@,{}]+@[^\s@,{}]+$/.test(text)) return;
  throw usage(
    `--acme-email is "${text}", which is no address`,
    "Write it as --acme-email ops@example.org.",
  );
}

function checkServer(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.protocol === "https:" && !url.username && !url.password;
  // Whatever else is wrong with it: the message would repeat it.
  if (!isPlain && text.includes("@")) {
    throw usage("--acme-server holds a credential, which others could see", HINT);
  }
  if (!isPlain) {
    throw usage(`--acme-server is "${text}", which is no URL that begins with https://`, HINT);
  }
  if (/^(localhost|127\..*|\[::1\])$/.test(url.hostname)) {
    const problem = `the router would look for the authority at ${url.hostname}, which is itself in its container`;
    throw usage(problem, "Name the authority by an address that containers reach.");
  }
}

const HINT = "Name the authority's directory, as in https://ca.example.org/acme/acme/directory.";

async function readRoot(file: string, context: Context): Promise<string> {
  const text = await readInput(file, context);
  const blocks = text.match(/-----BEGIN [^-]+-----.*?-----END [^-]+-----/gs) ?? [];
  // A key beside it would be seen by everybody who may look at the container.
  if (blocks.length > 0 && blocks.every(isCertificate))
    return blocks.map((one) => `${one}\n`).join("");
  throw usage(
    `--acme-root: ${file} is not the certificate of an authority in PEM`,
    "Give the file that begins with -----BEGIN CERTIFICATE-----, and holds no key.",
  );
}

function isCertificate(pem: string): boolean {
  try {
    return pem.includes("BEGIN CERTIFICATE") && new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

function usage(problem: string, hint: string): AxonError {
  return new AxonError("USAGE", problem, { hint });
}
