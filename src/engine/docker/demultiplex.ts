const HEADER = 8;

export interface Frame {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

/**
 * Docker sends both outputs of a container over one connection, each piece behind a header: one byte for
 * the stream, three of nothing, four for the length. A piece is passed on as it arrives, in parts.
 */
export class Demultiplexer {
  readonly #onFrame: (frame: Frame) => void;
  #header = Buffer.alloc(0);
  #stream: Frame["stream"] = "stdout";
  #missing = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  write(chunk: Buffer): void {
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
