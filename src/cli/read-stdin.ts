import { addAbortSignal, type Readable } from "node:stream";
import { decoded, failure, MOST_BYTES } from "./read-text.ts";

/** Rejects as `readText` does, with a `code` that says why. */
export async function readStdin(stdin: Readable, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of addAbortSignal(signal, stdin)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) throw failure("ETOOLONG");
  }
  return decoded(Buffer.concat(chunks));
}
