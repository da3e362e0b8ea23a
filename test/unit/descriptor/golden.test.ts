import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readDescriptor } from "../../../src/descriptor/read-descriptor.ts";
import { describeAsJson, renderDescriptor } from "../../../src/descriptor/render-descriptor.ts";
import { AxonError, AxonErrors } from "../../../src/errors.ts";
import type { ImageFacts } from "../../../src/live.ts";
import { image } from "./build-image.ts";

const root = new URL("../../../fixtures/descriptor/", import.meta.url);

/** One folder is one case: a label, and what a reader is shown of it. */
test.for(readdirSync(root))("the descriptor %s", async (name) => {
  const facts = imageOf(name);
  const expected = (file: string) => new URL(`${name}/${file}`, root).pathname;
  const [descriptor, errors] = attempt(() => readDescriptor(facts));
  if (errors !== undefined) {
    expect(errors).not.toMatch(/hunter2|undefined/);
    await expect(errors).toMatchFileSnapshot(expected("errors.txt"));
    return;
  }
  const json = `${JSON.stringify(describeAsJson(facts, descriptor), undefined, 2)}\n`;
  const text = renderDescriptor(facts, descriptor);
  expect(text + json).not.toMatch(/not-for-show|undefined/);
  await expect(text).toMatchFileSnapshot(expected("describe.txt"));
  await expect(json).toMatchFileSnapshot(expected("describe.json"));
});

function imageOf(name: string): ImageFacts {
  const labels = ["label.yaml", "label.json"]
    .map((file) => new URL(`${name}/${file}`, root))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"));
  const label = name.startsWith("legacy") ? "com.platform9.app_metadata" : "io.axon.descriptor";
  return image(Object.fromEntries(labels.map((text) => [label, text])), {
    reference: `rock77/${name}`,
    entrypoint: ["docker-entrypoint.sh"],
    command: ["runserver", "--bind", "0.0.0.0"],
    env: { PATH: "/usr/bin:/bin", API_TOKEN: "not-for-show" },
    exposedPorts: [{ port: 8080, protocol: "tcp" }],
    volumes: ["/data"],
  });
}

function attempt<T>(read: () => T): [T | undefined, string | undefined] {
  try {
    return [read(), undefined];
  } catch (error) {
    const errors = error instanceof AxonErrors ? error.errors : [error];
    const lines = errors.map((one) => {
      if (!(one instanceof AxonError)) throw one;
      return `${one.code}: ${one.message}\n`;
    });
    return [undefined, lines.join("")];
  }
}
