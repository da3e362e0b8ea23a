import { readFile } from "node:fs/promises";
import type { ConnectionOptions } from "node:tls";
import { AxonError } from "../errors.ts";
import type { TlsOptions } from "./store-address.ts";

/** The options with what is in their files, as Node takes them. */
export async function readTls(tls: TlsOptions = {}): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all([tls.caFile, tls.certFile, tls.keyFile].map(readPem));
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(tls.serverName && { servername: tls.serverName }),
    rejectUnauthorized: tls.verify ?? true,
  };
}

async function readPem(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    throw new AxonError("FILE_UNREADABLE", `cannot read ${file}, needed to talk to the store`, {
      cause,
    });
  }
}
