import fc from "fast-check";
import { expect, test } from "vitest";
import {
  FrameReader,
  RecordReader,
  RecordWriter,
} from "../../../../src/kv/zookeeper/wire/records.ts";

const LONGEST = 1000;

function frameOf(body: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

test("frames come out as they went in, wherever the network cuts them", () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 });
  const cuts = fc.array(fc.nat(100), { maxLength: 10 });
  fc.assert(
    fc.property(bodies, cuts, (frames, sizes) => {
      const stream = Buffer.concat(frames.map(frameOf));
      const reader = new FrameReader(LONGEST);
      const found: Buffer[] = [];
      let at = 0;
      for (const size of [...sizes, stream.length]) {
        found.push(...reader.push(stream.subarray(at, at + size)));
        at += size;
      }
      expect(found.map((frame) => [...frame])).toEqual(frames.map((frame) => [...frame]));
    }),
  );
});

test.each([
  ["a length below zero", Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ["a length beyond all measure", Buffer.from("HTTP/1.1 400 Bad Request")],
])("%s is no frame", (_, bytes) => {
  expect(() => new FrameReader(LONGEST).push(bytes)).toThrow(RangeError);
});

test("a record is read as it was written; nothing is not the same as no bytes", () => {
  const writer = new RecordWriter()
    .int(-7)
    .long(-(2n ** 60n))
    .boolean(true);
  const record = writer.text("grün").bytes(Buffer.alloc(0)).bytes(undefined).frame().subarray(4);
  const reader = new RecordReader(record);
  expect([reader.int(), reader.long(), reader.boolean()]).toEqual([-7, -(2n ** 60n), true]);
  expect([reader.text(), reader.bytes(), reader.bytes()]).toEqual([
    "grün",
    Buffer.alloc(0),
    undefined,
  ]);
});

test("a record that ends too early is refused", () => {
  const record = new RecordWriter().text("cut short").frame().subarray(4, 8);
  expect(() => new RecordReader(record).text()).toThrow(RangeError);
  expect(() => new RecordReader(record.subarray(0, 2)).int()).toThrow(RangeError);
});
