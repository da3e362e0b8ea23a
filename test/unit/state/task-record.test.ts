import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TaskRecord } from "../../../src/live.ts";
import { recordTask } from "../../../src/state/record-task.ts";
import { decodeTaskRecord, encodeTaskRecord } from "../../../src/state/task-record.ts";
import { MemoryKvStore } from "../../helpers/memory-kv.ts";
import { taskRecord } from "./task-record-builder.ts";

const records: fc.Arbitrary<TaskRecord> = fc.record({
  version: fc.constant(1 as const),
  id: fc.string(),
  exitCode: fc.integer(),
  ended: fc.constantFrom("exited", "timeout", "interrupted"),
  finishedAt: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  inputs: fc.dictionary(fc.string(), fc.string()),
});

describe("task record", () => {
  test("what is encoded is decoded to the same", () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(decodeTaskRecord(encodeTaskRecord(record))).toEqual({ kind: "record", record });
      }),
    );
  });

  test("decoding never throws, whatever the text", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void decodeTaskRecord(text)));
  });

  test("decoding never throws, whatever one field holds", () => {
    const damaged = fc.tuple(
      records,
      fc.constantFrom(...Object.keys(taskRecord())),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(damaged, ([record, field, value]) => {
        const decoded = decodeTaskRecord(JSON.stringify({ ...record, [field]: value }));
        expect(["record", "unusable"]).toContain(decoded.kind);
      }),
    );
  });

  test.each([
    ["no JSON", "{"],
    ["null", "null"],
    ["a list", "[]"],
    ["without a version", "{}"],
    ["of a newer version", JSON.stringify({ ...taskRecord(), version: 2 })],
    ["with a fractional exit code", JSON.stringify({ ...taskRecord(), exitCode: 0.5 })],
    ["with an unknown end", JSON.stringify({ ...taskRecord(), ended: "vanished" })],
    ["without a time", JSON.stringify({ ...taskRecord(), finishedAt: "yesterday" })],
    ["with an input that is no text", JSON.stringify({ ...taskRecord(), inputs: { a: 1 } })],
  ])("a record that is %s is unusable", (_, text) => {
    expect(decodeTaskRecord(text).kind).toBe("unusable");
  });

  test("recording replaces what was recorded before", async () => {
    const store = new MemoryKvStore();
    await recordTask(store, "shop", taskRecord({ exitCode: 1 }));
    await recordTask(store, "shop", taskRecord({ exitCode: 0 }));
    expect(store.entries()).toEqual({
      "axon/shop/state/tasks/web.migrate": encodeTaskRecord(taskRecord({ exitCode: 0 })),
    });
  });
});
