import { expect, test } from "vitest";
import { splitReference } from "../../../../src/engine/docker/pull.ts";

test.each([
  ["redis", "redis", "latest"],
  ["redis:7", "redis", "7"],
  ["rock77/website:1.2", "rock77/website", "1.2"],
  ["registry:5000/website", "registry:5000/website", "latest"],
  ["registry:5000/website:v1", "registry:5000/website", "v1"],
  ["website@sha256:abc", "website", "sha256:abc"],
  ["website:1@sha256:abc", "website", "sha256:abc"],
])("%s", (reference, name, tag) => {
  expect(splitReference(reference)).toEqual({ name, tag });
});
