import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { aroundTheSchema } from "./around-the-schema.ts";
import { mutations } from "./mutations.ts";
import { survives } from "./survives.ts";

/** `AXON_FUZZ=100000 npx vitest run --project unit test/unit/servicefile/fuzz.test.ts` looks further. */
const more = process.env.AXON_FUZZ;
const RUNS = more ? { numRuns: Number(more) } : { numRuns: 300, seed: 1 };
const TIMEOUT = more ? 3_600_000 : 60_000;

test(
  "a real file with a few places changed is a model, or errors with places in it",
  () =>
    fc.assert(
      fc.property(mutations, (text) => void survives(text)),
      RUNS,
    ),
  TIMEOUT,
);

test(
  "a tree like the schema's is a model, or errors with places in it, whatever its types",
  () => {
    const inYaml = aroundTheSchema.map((tree) => stringify(tree, { aliasDuplicateObjects: false }));
    const inJson = aroundTheSchema.map((tree) => JSON.stringify(tree) ?? "");
    fc.assert(
      fc.property(fc.oneof(inYaml, inJson), (text) => void survives(text)),
      RUNS,
    );
  },
  TIMEOUT,
);

test("neither is refused as a rule: what comes behind the schema is reached, too", () => {
  for (const kind of [mutations, aroundTheSchema.map((tree) => stringify(tree))]) {
    const seen = fc.sample(kind, { numRuns: 200, seed: 1 }).map(survives);
    expect(seen.filter((what) => what === "model").length).toBeGreaterThan(10);
  }
});
