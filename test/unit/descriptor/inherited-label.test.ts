import { expect, test } from "vitest";
import { inheritedLabel } from "../../../src/descriptor/inherited-label.ts";
import { imageFacts } from "../../helpers/build.ts";

const LABEL = "io.axon.descriptor";
const facts = (reference: string, layers: readonly string[], text = "axon: 1") => ({
  ...imageFacts(reference, { labels: { [LABEL]: text } }),
  layers,
});
const image = facts("shop", ["a", "b", "c"]);
const notice = (...others: readonly ReturnType<typeof facts>[]) =>
  inheritedLabel(image, LABEL, others);

test("a label that the image below has with the same text is inherited, and the nearest is named", () => {
  expect(notice(facts("base", ["a"]), facts("web", ["a", "b"]), image)).toBe(
    "shop: label io.axon.descriptor is that of web, from which it is built; give it one of its own if it is run in another way",
  );
});

test("an image is not built from one with other layers, with as many, or with a label of its own", () => {
  expect(notice(image, facts("copy", ["a", "b", "c"]), facts("x", ["a", "z"]))).toBeUndefined();
  expect(notice(facts("web", ["a", "b"], "axon: 1 "), facts("empty", []))).toBeUndefined();
});
