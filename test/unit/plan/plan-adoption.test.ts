import { expect, test } from "vitest";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { imageIdentity, live, model, running, service } from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";

test("a container of somebody else's that is to be replaced is named", () => {
  const web = service("web", { container: { image: imageIdentity("web:2") } });
  const theirs = running(service("web"), { name: "legacy-web-1", adopted: "new" });
  const { changes } = planDeployment(
    model({ services: [web] }),
    live({ engine: { containers: [theirs] } }),
    { digest },
  );
  expect(changes.find(({ name }) => name === "web")).toMatchObject({
    action: "replace",
    cause: expect.stringContaining("takes over container legacy-web-1"),
  });
});
