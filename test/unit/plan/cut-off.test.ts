import { expect, test } from "vitest";
import type { JournalEntry } from "../../../src/live.ts";
import { cutOffNotice } from "../../../src/plan/cut-off.ts";
import type { Change } from "../../../src/plan/plan.ts";
import { renderNotice } from "../../../src/plan/render-text.ts";

const entry = (addresses: readonly string[], planned = addresses.length): JournalEntry => ({
  version: 1,
  command: "axon deploy",
  who: "ana@build-7",
  at: "2026-11-21T02:38:41.060Z",
  revision: 4,
  planned,
  changes: addresses.map((address) => ({ address, action: "create" })),
});

const plan = (addresses: readonly string[]) =>
  addresses.map((address) => ({ address })) as unknown as readonly Change[];

function note(wanted: readonly string[], journal: JournalEntry): string {
  return renderNotice(cutOffNotice(plan(wanted), journal));
}

const CUT = "note: the axon deploy of ana@build-7 at 2026-11-21T02:38:41.060Z was cut off:";

test("what is wanted still and was planned by the run is not done; what is new is not counted", () => {
  expect(note(["service.web", "service.new"], entry(["config.a", "service.web"]))).toBe(
    `${CUT}\n  1 of its 2 changes is not done: service.web`,
  );
});

test("no more is named than fits into a line of 80 columns", () => {
  const all = ["service.web", "service.database", "route.example.org", "service.old"];
  const text = note(all, entry([...all, "config.greeting"]));
  expect(text).toBe(`${CUT}
  4 of its 5 changes are not done: service.web, service.database and 2 more`);
  expect(text.split("\n").map((line) => line.length <= 80)).toEqual([true, true]);
});

test("one is named whatever its length", () => {
  const long = `service.${"very-".repeat(20)}long`;
  expect(note([long, "service.web"], entry([long, "service.web"]))).toBe(
    `${CUT}\n  2 of its 2 changes are not done: ${long} and 1 more`,
  );
});

test("none is left when what is wanted now is something else", () => {
  expect(note(["service.other"], entry(["service.web"]))).toBe(
    `${CUT}\n  none of its 1 change is left to do`,
  );
});

test("of a plan of thousands only the first changes are known", () => {
  expect(note(["service.web"], entry(["service.web"], 2_500))).toBe(
    `${CUT}\n  at least 1 of its 2500 changes is not done: service.web`,
  );
  expect(note(["service.later"], entry(["service.web"], 2_500))).toBe(
    `${CUT}\n  none of its 2500 changes is known to be left to do`,
  );
});

test("a short one stays on one line", () => {
  expect(renderNotice({ code: "RUN_CUT_OFF", message: "x was cut off: y" })).toBe(
    "note: x was cut off: y",
  );
});
