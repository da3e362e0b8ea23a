const HEADER = 8;

export interface Frame {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

const STREAMS = 3;
const STREAM_AND_NOTHING = 4;

/**
 * Docker sends both outputs of a container over one connection, each piece behind a header: one byte for
 * the stream, three of nothing, four for the length. A piece is passed on as it arrives, in parts. What a
 * container with a terminal writes comes without headers, and older engines do not say so.
 */
export class Demultiplexer {
  readonly #onFrame: (frame: Frame) => void;
  #header = Buffer.alloc(0);
  #stream: Frame["stream"] = "stdout";
  #missing = 0;
  #kind: "unknown" | "framed" | "raw" = "unknown";

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  write(chunk: Buffer): void {
    if (this.#kind === "unknown") this.#kind = this.#kindOf(chunk);
    if (this.#kind === "raw") this.#passOn(chunk);
    else this.#takeFrames(chunk);
  }

  /** No terminal writes what a header begins with. */
  #kindOf(chunk: Buffer): "unknown" | "framed" | "raw" {
    const begin = Buffer.concat([this.#header, chunk]).subarray(0, STREAM_AND_NOTHING);
    if (begin.some((byte, at) => byte >= (at === 0 ? STREAMS : 1))) return "raw";
    return begin.length === STREAM_AND_NOTHING ? "framed" : "unknown";
  }

  #passOn(chunk: Buffer): void {
    const data = Buffer.concat([this.#header, chunk]);
    this.#header = Buffer.alloc(0);
    this.#onFrame({ stream: "stdout", data });
  }

  #takeFrames(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.#missing > 0 ? this.#takeData(rest) : this.#takeHeader(rest);
    }
  }

  #takeData(chunk: Buffer): Buffer {
    const data = chunk.subarray(0, this.#missing);
    this.#missing -= data.length;
    this.#onFrame({ stream: this.#stream, data });
    return chunk.subarray(data.length);
  }

  #takeHeader(chunk: Buffer): Buffer {
    const needed = HEADER - this.#header.length;
    this.#header = Buffer.concat([this.#header, chunk.subarray(0, needed)]);
    if (this.#header.length === HEADER) {
      this.#stream = this.#header[0] === 2 ? "stderr" : "stdout";
      this.#missing = this.#header.readUInt32BE(4);
      this.#header = Buffer.alloc(0);
    }
    return chunk.subarray(needed);
  }
}
