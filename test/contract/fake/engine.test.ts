import { CHECK, imageFacts, imageIdentity } from "../../helpers/build.ts";
import { FakeEngine } from "../../helpers/fake-engine.ts";
import { describeEngine } from "../engine.ts";

describeEngine("FakeEngine", async () => {
  const engine = new FakeEngine();
  const defaults = { env: { PATH: "/bin" }, user: "app", command: ["serve"] };
  for (const name of ["runs", "succeeds", "fails"]) engine.addImage(imageFacts(name, { defaults }));
  for (const name of ["healthy", "sick", "hopeless"]) {
    const withCheck = { ...defaults, hasHealthcheck: true, healthcheck: CHECK };
    engine.addImage(imageFacts(name, { defaults: withCheck }));
  }
  engine.behaviours.set("succeeds", { exitCode: 0 });
  engine.behaviours.set("fails", {
    exitCode: 3,
    lines: [
      { stream: "stdout", text: "one" },
      { stream: "stdout", text: "two ü" },
      { stream: "stderr", text: "three" },
    ],
  });
  engine.behaviours.set("sick", { health: "starting" });
  engine.behaviours.set("hopeless", { health: "unhealthy" });
  return {
    engine,
    deployment: "shop",
    roles: {
      runs: { image: imageIdentity("runs") },
      succeeds: { image: imageIdentity("succeeds") },
      fails: { image: imageIdentity("fails") },
      healthy: { image: imageIdentity("healthy") },
      sick: { image: imageIdentity("sick") },
      hopeless: { image: imageIdentity("hopeless") },
    },
    dispose: async () => {},
  };
});
