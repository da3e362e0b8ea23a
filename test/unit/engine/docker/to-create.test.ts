import { expect, test } from "vitest";
import { toCreate } from "../../../../src/engine/docker/to-create.ts";
import { containerSpec } from "../../../helpers/build.ts";

const identity = { deployment: "shop", service: "web", instance: 1, kind: "service" } as const;

test("a label of the Servicefile wins over one that is put on everything, and Axon's own over all", () => {
  const spec = containerSpec({ labels: { team: "web" } });
  const everywhere = { team: "all", ci: "7", "io.axon.service": "x" };
  expect(toCreate({ name: "shop-web-1", identity, spec }, everywhere).Labels).toMatchObject({
    team: "web",
    ci: "7",
    "io.axon.service": "web",
    "io.axon.given": '["labels.team"]',
  });
});
