import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Demultiplexer, type Frame } from "../../../../src/engine/docker/demultiplex.ts";
import { LineSplitter } from "../../../../src/engine/docker/lines.ts";

function split(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return lines;
}

/** Cut at every multiple of `size`. */
function pieces(data: Buffer, size: number): Buffer[] {
  const count = Math.ceil(data.length / size);
  return Array.from({ length: count }, (_, at) => data.subarray(at * size, (at + 1) * size));
}

describe("LineSplitter", () => {
  test("how the bytes arrive does not matter", () => {
    const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, size) => {
        const data = Buffer.from(lines.map((text) => `${text}\n`).join(""));
        expect(split(pieces(data, size))).toEqual(lines);
      }),
    );
  });

  test("the last line needs no end, and a carriage return is no part of one", () => {
    expect(split([Buffer.from("a\r\n\nb")])).toEqual(["a", "", "b"]);
  });

  test("a line that never ends is cut", () => {
    const lengths = split(pieces(Buffer.alloc(200_000, "x"), 30_000)).map(({ length }) => length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(65_536);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(200_000);
  });
});

describe("Demultiplexer", () => {
  const frame = (stream: number, text: string) => {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };

  test.each([1, 3, 8, 1000])("frames that arrive in pieces of %i bytes are told apart", (size) => {
    const frames: Frame[] = [];
    const demultiplexer = new Demultiplexer((item) => frames.push(item));
    const data = Buffer.concat([frame(1, "out"), frame(2, "error"), frame(1, ""), frame(1, "put")]);
    for (const piece of pieces(data, size)) demultiplexer.write(piece);
    const text = (stream: Frame["stream"]) =>
      Buffer.concat(frames.filter((item) => item.stream === stream).map((item) => item.data));
    expect(text("stdout").toString()).toBe("output");
    expect(text("stderr").toString()).toBe("error");
  });

  test.each([1, 3, 1000])("what comes without frames, in pieces of %i bytes, is output", (size) => {
    const frames: Frame[] = [];
    const demultiplexer = new Demultiplexer((item) => frames.push(item));
    for (const piece of pieces(Buffer.from("from a terminal"), size)) demultiplexer.write(piece);
    expect(Buffer.concat(frames.map(({ data }) => data)).toString()).toBe("from a terminal");
    expect(new Set(frames.map(({ stream }) => stream))).toEqual(new Set(["stdout"]));
  });
});
