import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { freePort } from "../../helpers/free-port.ts";
import { answerOf, CLIENT } from "./client-service.ts";
import { answering, WEB_HEALTH } from "./web-service.ts";

const deploy = (site: Site, text: string) => {
  site.write("Servicefile", CLIENT + text);
  return site.axon(["deploy", "-D", site.deployment, "--yes"]);
};

test("a service whose first host port makes a network superfluous is reached by its name on it when the new version fails", async () => {
  await using site = openSite();
  const port = await freePort();
  const image = `image: axon-example/sleeper, ${WEB_HEALTH}`;
  expect(await deploy(site, `web: {${image}, cmd: "${answering("one")}"}\n`)).toExitWith(0);
  const before = await site.inspect("web");
  const published = `publish: {"127.0.0.1:${port}": 80}`;
  const failed = await deploy(site, `web: {${image}, cmd: exec sleeper, ${published}}\n`);
  expect(failed).toExitWith(5);
  expect(await site.inspect("web")).toMatchObject({ Id: before.Id, State: { Running: true } });
  expect(await answerOf(site, "web")).toBe("one");
});

test("a service that is called otherwise now has its old container serve until the new one can start, and when that one fails", async () => {
  await using site = openSite();
  const port = await freePort();
  const file = (name: string, more: string) =>
    `${name}: {image: axon-example/sleeper, ${WEB_HEALTH}, publish: {"127.0.0.1:${port}": 80}, ${more}}\n`;
  expect(await deploy(site, file("web", `cmd: "${answering("one")}"`))).toExitWith(0);
  const before = await site.inspect("web");

  const bootstrap = (exit: number) => `bootstrap: {prepare: {cmd: "exit ${exit}"}}`;
  const unprepared = await deploy(site, file("site", `cmd: exec sleeper, ${bootstrap(3)}`));
  expect(unprepared).toExitWith(6);
  const untouched = await site.inspect("web");
  expect(untouched.State).toMatchObject({ Running: true, StartedAt: before.State.StartedAt });

  const unhealthy = await deploy(site, file("site", `cmd: exec sleeper, ${bootstrap(0)}`));
  expect(unhealthy).toExitWith(6);
  const again = await site.inspect("web");
  expect(again).toMatchObject({ Id: before.Id, State: { Running: true } });
  expect(again.NetworkSettings.Ports["80/tcp"]).toMatchObject([{ HostPort: String(port) }]);
  expect(await answerOf(site, "web")).toBe("one");

  const good = await deploy(site, file("site", `cmd: "${answering("two")}", ${bootstrap(0)}`));
  expect(good).toExitWith(0);
  expect(await answerOf(site, "site")).toBe("two");
  const names = (await site.containers()).flatMap(({ Names }) => Names).sort();
  expect(names).toEqual(["client", "site"].map((name) => `/${site.deployment}-${name}-1`));
});
