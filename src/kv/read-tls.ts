import { readFile } from "node:fs/promises";
import type { ConnectionOptions, SecureContextOptions } from "node:tls";
import { AxonError } from "../errors.ts";
import type { TlsFile, TlsOptions } from "./store-address.ts";

/** The options with what is in their files, as Node takes them. */
export async function readTls(tls: TlsOptions = {}): Promise<ConnectionOptions> {
  const files = ["caFile", "certFile", "keyFile"] as const;
  const [ca, cert, key] = await Promise.all(files.map((file) => readPem(tls, file)));
  if (cert || key) await checkOwn(tls, { cert, key });
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(tls.serverName && { servername: tls.serverName }),
    rejectUnauthorized: tls.verify ?? true,
  };
}

async function readPem(tls: TlsOptions, file: TlsFile): Promise<Buffer | undefined> {
  const path = tls[file];
  if (path === undefined) return undefined;
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AxonError("FILE_UNREADABLE", `cannot read ${path}, needed to talk to the store`, {
      cause,
      hint: namedBy(tls, file),
    });
  }
}

interface Own {
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
}

/** What is wrong with them would else come to light in the middle of a connection, and without their names. */
async function checkOwn(tls: TlsOptions, { cert, key }: Own): Promise<void> {
  const { createSecureContext } = await import("node:tls");
  const check = (own: SecureContextOptions, file: TlsFile, problem: string) => {
    try {
      createSecureContext({ ca: [], ...own });
    } catch (cause) {
      throw invalid(tls, { file, problem, cause });
    }
  };
  if (cert) check({ cert }, "certFile", "is no certificate in PEM that can be used");
  const isLocked = key?.includes("ENCRYPTED");
  const keyProblem = isLocked ? "has a password" : "is no private key in PEM that can be used";
  if (key) check({ key }, "keyFile", keyProblem);
  if (cert && key) check({ cert, key }, "keyFile", `is not the key of ${tls.certFile}`);
}

function invalid(
  tls: TlsOptions,
  { file, problem, cause }: { file: TlsFile; problem: string; cause: unknown },
): AxonError {
  return new AxonError("CERTIFICATE_INVALID", `${tls[file]} ${problem}`, {
    cause,
    hint: namedBy(tls, file),
  });
}

function namedBy({ variables }: TlsOptions, file: TlsFile): string | undefined {
  const variable = variables?.[file];
  return variable === undefined ? undefined : `${variable} names it.`;
}
