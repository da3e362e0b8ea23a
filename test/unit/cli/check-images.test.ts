import { expect, test } from "vitest";
import { checkImages } from "../../../src/cli/check-images.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { imageFacts, imageIdentity, live, model, service, task } from "../../helpers/build.ts";
import { FakeEngine } from "../../helpers/fake-engine.ts";
import { digest } from "../../helpers/world.ts";

const web = service("web");
const migrate = task("web.migrate", { container: { image: imageIdentity("migrator:1") } });

/** Of a way back to `tasks` and web, on an engine that has these images. */
function check(images: readonly string[], tasks = [migrate]): Promise<void> {
  const engine = new FakeEngine();
  for (const reference of images) engine.addImage(imageFacts(reference));
  const plan = planDeployment(model({ services: [web], tasks }), live(), { digest });
  return checkImages({ plan, revision: 3 }, engine, new AbortController().signal);
}

test("an image that the engine has lost is told before anything is changed, also that of a one-shot", async () => {
  await expect(check(["web:1"])).rejects.toMatchObject({
    code: "IMAGE_UNAVAILABLE",
    message: expect.stringContaining("revision 3 ran migrator:1 as sha256:"),
    exitCode: 1,
  });
  await expect(check(["migrator:1"])).rejects.toMatchObject({
    message: expect.stringContaining("revision 3 ran web:1 as sha256:"),
  });
});

test("images of what is not run again need not be there", async () => {
  await expect(check(["web:1"], [])).resolves.toBeUndefined();
  await expect(check(["web:1", "migrator:1"])).resolves.toBeUndefined();
});
