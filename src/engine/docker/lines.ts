import { StringDecoder } from "node:string_decoder";

/** A line that never ends must not fill the memory. */
const LONGEST = 65_536;

/** Cuts chunks of bytes into whole lines; a character may be split across chunks. */
export class LineSplitter {
  readonly #onLine: (text: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(onLine: (text: string) => void) {
    this.#onLine = onLine;
  }

  /** What has no end of line yet. */
  get rest(): string {
    return this.#rest;
  }

  write(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#emit(line);
    while (this.#rest.length > LONGEST) {
      this.#onLine(this.#rest.slice(0, LONGEST));
      this.#rest = this.#rest.slice(LONGEST);
    }
  }

  /** What was written last and has no end of line is a line, too. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    if (rest !== "") this.#emit(rest);
  }

  #emit(line: string): void {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    for (let at = 0; at === 0 || at < text.length; at += LONGEST) {
      this.#onLine(text.slice(at, at + LONGEST));
    }
  }
}
