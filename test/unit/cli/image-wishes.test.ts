import { expect, test } from "vitest";
import { isFor, wishesOf } from "../../../src/cli/image-wishes.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import { imageFacts } from "../../helpers/build.ts";

const wishes = (text: string) => wishesOf(parseServicefile({ file: "Servicefile", text }));

test.each([
  ["a: {image: x}\nb: {image: x, pull_policy: never}", "missing"],
  ["a: {image: x, pull_policy: always}\nb: {image: x, pull_policy: never}", "always"],
  ["a: {image: x, pull_policy: never}\nb: {image: x, pull_policy: never}", "never"],
])("of several wishes for one image the strongest counts: %s", (text, pullPolicy) => {
  expect(wishes(text)).toMatchObject([{ reference: "x", pullPolicy }]);
});

test.each([
  ["a: {image: x}", "always"],
  ["a: {image: x, pull_policy: missing}", "always"],
  ["a: {image: x}\nb: {image: x, pull_policy: never}", "always"],
  ["a: {image: x, pull_policy: never}", "never"],
])("with --pull all are pulled but those that must never be: %s", (text, pullPolicy) => {
  const servicefile = parseServicefile({ file: "Servicefile", text });
  expect(wishesOf(servicefile, { pull: true })).toMatchObject([{ pullPolicy }]);
});

test("an image for a platform is for all who do not say which", () => {
  expect(wishes("a: {image: x}\nb: {image: x, platform: linux/arm64}")).toMatchObject([
    { platform: "linux/arm64" },
  ]);
});

test("one name cannot stand for images of two platforms", () => {
  const text = "a: {image: x, platform: linux/arm64}\nb: {image: x, platform: linux/amd64}\n";
  expect(() => wishes(text)).toThrow(/a wants x for linux\/arm64, and b for linux\/amd64/);
});

test.each([
  ["linux/amd64", undefined, true],
  ["linux/amd64", "linux/amd64", true],
  ["linux/amd64", "linux/arm64", false],
  ["linux/arm64/v8", "linux/arm64", true],
  ["linux/arm64", "linux/arm64/v8", true],
  ["linux/arm/v6", "linux/arm/v7", false],
])("an image for %s where %s is wanted: %s", (platform, wanted, fits) => {
  expect(isFor({ ...imageFacts("x"), platform }, wanted)).toBe(fits);
});
