import { expect, test } from "vitest";
import { openSite } from "../../helpers/axon.ts";

/** The engine kills it when its ten seconds are over. */
const DEAF = "trap '' TERM; while :; do sleep 1; done";

test("a service that does not listen to its stop signal keeps no neighbour down", async () => {
  await using site = openSite();
  const file = (edition: string) => `\
deaf: {image: axon-example/sleeper, cmd: "${DEAF}", env: {EDITION: ${edition}}}
neighbour: {image: axon-example/sleeper, env: {EDITION: ${edition}}}
`;
  await site.deploy(file("one"));
  const [deaf, neighbour] = await Promise.all(
    ["deaf", "neighbour"].map(async (name) => (await site.inspect(name)).Id),
  );
  const downSince = async (id = "") => (await site.docker.getContainer(id).wait()) as unknown;
  const gone = downSince(neighbour).then(() => performance.now());
  site.write("Servicefile", file("two"));
  const deploy = site.start(["deploy", "-D", site.deployment, "--yes"]);
  const stopped = await gone;
  const next = site.docker.getContainer(`${site.deployment}-neighbour-1-next`);
  while (!(await next.inspect().catch(() => undefined))?.State.Running) {
    await new Promise((done) => setTimeout(done, 20));
  }
  const seconds = (performance.now() - stopped) / 1000;
  // Loaded as the machine may be, it is far from the ten seconds that the other one takes.
  expect(seconds).toBeLessThan(5);
  expect(await site.docker.getContainer(deaf ?? "").inspect()).toMatchObject({
    State: { Running: true },
  });
  expect(await deploy.ended).toExitWith(0);
});
