import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readDescriptor } from "../../../src/descriptor/read-descriptor.ts";
import { image } from "./build-image.ts";

const text = readFileSync(new URL("../../../docs/image-contract.md", import.meta.url), "utf8");

function example(pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`docs/image-contract.md has nothing like ${pattern}`);
  return found;
}

test.for([
  ["io.axon.descriptor", /```yaml\n([^`]+)```/],
  ["io.axon.descriptor", /^LABEL io\.axon\.descriptor='(.+)'$/m],
  ["com.platform9.app_metadata", /```json\n([^`]+)```/],
] as const)("the docs show a %s that is understood without a notice: %s", ([label, pattern]) => {
  expect(readDescriptor(image({ [label]: example(pattern) }))?.notices).toEqual([]);
});
