import { expect, test } from "vitest";
import { createPalette } from "../../../../src/cli/output/palette.ts";
import { renderRemarks } from "../../../../src/cli/output/remarks.ts";
import type { Remark } from "../../../../src/importing/findings.ts";

const at = { file: "compose.yaml", line: 22, column: 5 };
const REMARKS: readonly Remark[] = [
  { kind: "changed", subject: "my_web", says: "is the service my-web", at },
  { kind: "dropped", subject: "web.build", says: "build the image before it is deployed", at },
];

test("what is dropped comes first, each remark on one line", () => {
  expect(renderRemarks(REMARKS, createPalette(false))).toBe(`\
Not in the Servicefile
  compose.yaml:22 web.build: build the image before it is deployed

In the Servicefile in another way
  compose.yaml:22 my_web: is the service my-web
`);
});

test("on a narrow terminal a remark goes on further in", () => {
  expect(renderRemarks(REMARKS.slice(1), createPalette(false), 48)).toBe(`\
Not in the Servicefile
  compose.yaml:22 web.build: build the image
      before it is deployed
`);
});
