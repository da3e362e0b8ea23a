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

test("what the run was to change and this plan changes is counted; what is new is not", () => {
  expect(note(["service.web", "service.new"], entry(["config.a", "service.web"]))).toBe(
    `${CUT}\n  1 of the 2 that it was to change is in this plan: service.web`,
  );
});

test("no more is named than fits into a line of 80 columns", () => {
  const all = ["service.web", "service.database", "route.example.org", "service.old"];
  const text = note(all, entry([...all, "config.greeting"]));
  expect(text).toBe(`${CUT}
  4 of the 5 that it was to change are in this plan: service.web and 3 more`);
  expect(text.split("\n").map((line) => line.length <= 80)).toEqual([true, true]);
});

test("one is named whatever its length", () => {
  const long = `service.${"very-".repeat(20)}long`;
  expect(note([long, "service.web"], entry([long, "service.web"]))).toBe(
    `${CUT}\n  2 of the 2 that it was to change are in this plan: ${long} and 1 more`,
  );
});

test("none is left when what is wanted now is something else", () => {
  expect(note(["service.other"], entry(["service.web", "service.db"]))).toBe(
    `${CUT}\n  none of the 2 that it was to change is in this plan`,
  );
});

test("of a single change no number is told", () => {
  expect(note(["service.web"], entry(["service.web"]))).toBe(
    `${CUT}\n  what it was to change is in this plan: service.web`,
  );
  expect(note(["service.other"], entry(["service.web"]))).toBe(
    `${CUT}\n  what it was to change is not in this plan`,
  );
});

test("of a plan of thousands only the first changes are known", () => {
  expect(note(["service.web"], entry(["service.web"], 2_500))).toBe(
    `${CUT}\n  at least 1 of the 2500 that it was to change is in this plan: service.web`,
  );
  expect(note(["service.later"], entry(["service.web"], 2_500))).toBe(
    `${CUT}\n  none of the 2500 that it was to change is known to be in this plan`,
  );
});

test.for(["axon destroy", "axon rollback 3", "axon kv put"])(
  "of %s nothing is counted: what it was to change is not what a plan for a deploy changes",
  (command) => {
    expect(note(["network.shop"], { ...entry(["network.shop"]), command })).toBe(
      `note: the ${command} of ana@build-7 at 2026-11-21T02:38:41.060Z is unfinished:
  this plan starts from what it left`,
    );
  },
);

test("a short one stays on one line", () => {
  expect(renderNotice({ code: "RUN_CUT_OFF", message: "x was cut off: y" })).toBe(
    "note: x was cut off: y",
  );
});
