import { close, constants, fstat, open, read, realpath } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { promisify } from "node:util";

/** A text is kept whole in memory, several times over. */
export const MOST_BYTES = 16 * 1024 * 1024;

interface ReadOptions {
  /** The directory out of which the file must not lie, also not by way of symbolic links. */
  readonly within?: string | undefined;
  /** Ends the wait for whoever writes into a pipe. */
  readonly signal: AbortSignal;
}

/** What keeps a file from being a text; the rest of a sentence about it. The system has codes of its own. */
export const TEXT_PROBLEMS = {
  EOUTSIDE: "leads out of the directory of the Servicefile",
  ENOTFILE: "is a device or a socket, and not a file",
  ETOOLONG: "is longer than 16 MiB",
  ENOTHING: "is a pipe into which nobody writes",
  ENUL: "has a NUL character in its name",
  ENCODING: "is not UTF-8 text",
} as const;

/** The text of a file, byte order mark and all. Rejects with an error whose `code` says why. */
export async function readText(path: string, { within, signal }: ReadOptions): Promise<string> {
  if (path.includes("\0")) throw failure("ENUL");
  if (within !== undefined) await checkWithin(path, within);
  // Without O_NONBLOCK, to open a pipe would already wait for somebody who writes into it.
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const found = await promisify(fstat)(fd);
  if (found.isFIFO()) return decoded(await readPipe(fd, signal));
  try {
    if (found.isDirectory()) throw failure("EISDIR");
    if (!found.isFile()) throw failure("ENOTFILE");
    if (found.size > MOST_BYTES) throw failure("ETOOLONG");
    return decoded(await readBytes(fd, found.size));
  } finally {
    await promisify(close)(fd);
  }
}

async function checkWithin(path: string, within: string): Promise<void> {
  const [real, root] = await Promise.all(
    [path, resolve(within)].map((one) => promisify(realpath)(one)),
  );
  const way = relative(root ?? "", real ?? "");
  if (way === ".." || way.startsWith(`..${sep}`)) throw failure("EOUTSIDE");
}

/** Until the end: a file may grow while it is read, and some of the system's own say that they are empty. */
async function readBytes(fd: number, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let length = 0; length <= MOST_BYTES; ) {
    const chunk = Buffer.allocUnsafe(Math.max(size - length, 4096));
    const { bytesRead } = await promisify(read)(fd, chunk, 0, chunk.length, null);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, bytesRead));
    length += bytesRead;
  }
  throw failure("ETOOLONG");
}

/** As of `--env-file <(decrypt secrets.env)`. Closes the pipe. */
async function readPipe(fd: number, signal: AbortSignal): Promise<Buffer> {
  const chunks = [await beginningOf(fd)];
  const { Socket } = await import("node:net");
  for await (const chunk of new Socket({ fd, readable: true, writable: false, signal })) {
    chunks.push(chunk);
    if (chunks.reduce((sum, { length }) => sum + length, 0) > MOST_BYTES) throw failure("ETOOLONG");
  }
  return Buffer.concat(chunks);
}

/** What is in a pipe already. The end of one that nobody has opened for writing is never announced. */
async function beginningOf(fd: number): Promise<Buffer> {
  const chunk = Buffer.allocUnsafe(65_536);
  const length = await promisify(read)(fd, chunk, 0, chunk.length, null).then(
    ({ bytesRead }) => bytesRead,
    (error: NodeJS.ErrnoException) => (error.code === "EAGAIN" ? undefined : 0),
  );
  if (length !== 0) return chunk.subarray(0, length ?? 0);
  await promisify(close)(fd);
  throw failure("ENOTHING");
}

/** Text that is not UTF-8 would be read as something else than what was written. */
export function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw failure("ENCODING", cause);
  }
}

export function failure(code: keyof typeof TEXT_PROBLEMS | "EISDIR", cause?: unknown): Error {
  return Object.assign(new Error(code, { cause }), { code });
}
