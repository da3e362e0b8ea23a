/** Writes Jute, the encoding that ZooKeeper uses for everything it sends: big-endian, lengths in front. */
export class RecordWriter {
  readonly #parts: Buffer[] = [];

  int(value: number): this {
    const part = Buffer.allocUnsafe(4);
    part.writeInt32BE(value);
    return this.#add(part);
  }

  long(value: bigint): this {
    const part = Buffer.allocUnsafe(8);
    part.writeBigInt64BE(value);
    return this.#add(part);
  }

  boolean(value: boolean): this {
    return this.#add(Buffer.of(value ? 1 : 0));
  }

  /** undefined is not the same as nothing in it. */
  bytes(value: Buffer | undefined): this {
    return value ? this.int(value.length).#add(value) : this.int(-1);
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value));
  }

  /** What was written so far, with its length in front. */
  frame(): Buffer {
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(this.#parts.reduce((sum, part) => sum + part.length, 0));
    return Buffer.concat([length, ...this.#parts]);
  }

  #add(part: Buffer): this {
    this.#parts.push(part);
    return this;
  }
}

/** Throws a RangeError where the record ends too early. */
export class RecordReader {
  readonly #record: Buffer;
  #at = 0;

  constructor(record: Buffer) {
    this.#record = record;
  }

  int(): number {
    return this.#record.readInt32BE(this.#skip(4));
  }

  long(): bigint {
    return this.#record.readBigInt64BE(this.#skip(8));
  }

  boolean(): boolean {
    return this.#record.readUInt8(this.#skip(1)) !== 0;
  }

  bytes(): Buffer | undefined {
    const length = this.int();
    if (length < 0) return undefined;
    const from = this.#skip(length);
    if (this.#at > this.#record.length) throw new RangeError("the record ends too early");
    return this.#record.subarray(from, this.#at);
  }

  text(): string {
    return this.bytes()?.toString() ?? "";
  }

  #skip(length: number): number {
    const from = this.#at;
    this.#at += length;
    return from;
  }
}

/** Cuts what comes from a socket into frames, and copies no byte twice. */
export class FrameReader {
  readonly #longest: number;
  #chunks: Buffer[] = [];
  #length = 0;
  #wanted: number | undefined;

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The frames that are complete with it. Throws a RangeError for what cannot be a frame. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: Buffer[] = [];
    for (;;) {
      this.#wanted ??= this.#length >= 4 ? this.#take(4).readInt32BE() : undefined;
      if (this.#wanted === undefined) return frames;
      if (this.#wanted < 0 || this.#wanted > this.#longest) throw new RangeError("not a frame");
      if (this.#length < this.#wanted) return frames;
      frames.push(this.#take(this.#wanted));
      this.#wanted = undefined;
    }
  }

  #take(length: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
    if (!all) return Buffer.alloc(0);
    this.#chunks = [all.subarray(length)];
    this.#length -= length;
    return all.subarray(0, length);
  }
}
