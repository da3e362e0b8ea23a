import { expect, test } from "vitest";
import type { Interruption, Version } from "../../integration/convergence/interrupted-site.ts";
import { planSoak, Tally } from "../../integration/convergence/soak-plan.ts";

const counts = { one: 30, two: 32 };
const WAYS = 3 * (30 + 32);

type Planned = Readonly<Record<Version, readonly Interruption[]>>;

/** What would be said if each of them was interrupted as planned. */
function told({ one, two }: Planned): string {
  const tally = new Tally(counts);
  for (const interruption of one) tally.add("one", interruption);
  for (const interruption of two) tally.add("two", interruption);
  return String(tally);
}

test("with enough runs each request is cut in each way, and what is over is cut at random instants", () => {
  const planned = planSoak({ runs: 250, seed: 1, counts });
  expect(planned.one.length + planned.two.length).toBe(250);
  expect(told(planned)).toBe(
    `requests cut: 62 of 62, in ${WAYS} of ${WAYS} ways; at random instants: ${250 - WAYS}`,
  );
});

test.for([1, 2, 3, 4])("with fewer runs they are spread evenly, seed %i", (seed) => {
  const planned = planSoak({ runs: 75, seed, counts });
  expect(told(planned)).toBe(
    `requests cut: 62 of 62, in 62 of ${WAYS} ways; at random instants: 13`,
  );
  for (const way of ["SIGKILL before", "SIGKILL after", "SIGINT with"]) {
    const numbers = [...planned.one, ...planned.two].flatMap(({ cut, signals }) =>
      cut.kind === "request" && `${signals} ${cut.side}` === way ? [cut.number] : [],
    );
    expect(numbers.length).toBeGreaterThan(18);
    expect(new Set(numbers.map((number) => number % 2)).size).toBe(2);
  }
});

test("the same seed plans the same, another one another", () => {
  const runs = 40;
  const first = planSoak({ runs, seed: 7, counts });
  expect(planSoak({ runs, seed: 7, counts })).toEqual(first);
  expect(planSoak({ runs, seed: 8, counts })).not.toEqual(first);
});
