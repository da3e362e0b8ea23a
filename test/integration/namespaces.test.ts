import { expect, test } from "vitest";
import { execIn, openSite } from "../helpers/axon.ts";

const FILE = (version: string) => `\
app: {image: rock77/website, cmd: /bin/runserver, port: 8000, env: {V: "${version}"}}
side: {image: axon-example/sleeper, network_mode: "service:app", pid: "service:app", port: 9100}
other: {image: axon-example/sleeper}
`;

test("a service shares the network and the processes of another one, and goes where that goes", async () => {
  await using site = openSite(FILE("one"));
  await site.deploy();
  const app = await site.inspect("app");
  const side = await site.inspect("side");
  expect(side.HostConfig).toMatchObject({
    NetworkMode: `container:${app.Id}`,
    PidMode: `container:${app.Id}`,
  });
  const get = ["wget", "-q", "-O", "-", "http://127.0.0.1:8000/"];
  expect(await execIn(`${site.deployment}-side-1`, get)).toContain("website 1");
  expect(await execIn(`${site.deployment}-side-1`, ["ps"])).toContain("runserver");
  const keys = await site.keys(`axon/${site.deployment}/services/side/`);
  expect(Object.values(keys)).toEqual([`${site.deployment}-app-1:9100`]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  const other = await site.inspect("other");
  const changed = await site.deploy(FILE("two"));
  expect(changed.stdout).toContain("shares namespaces of app, which starts anew");
  expect((await site.inspect("side")).HostConfig.NetworkMode).toBe(
    `container:${(await site.inspect("app")).Id}`,
  );
  expect((await site.inspect("other")).Id).toBe(other.Id);
  expect(await execIn(`${site.deployment}-side-1`, get)).toContain("website 1");
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  await site.docker.getContainer(`${site.deployment}-app-1`).stop({ t: 0 });
  await site.deploy();
  expect(await execIn(`${site.deployment}-side-1`, get)).toContain("website 1");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a service is on the host's network, on the engine's bridge or on none, and moves between them", async () => {
  await using site = openSite();
  const file = (more: string) => `app: {image: axon-example/sleeper${more}}\n`;
  const networks = async () =>
    Object.keys((await site.inspect("app")).NetworkSettings.Networks).filter(
      (name) => name !== "none",
    );
  for (const [more, expected] of [
    [", network_mode: none", []],
    [", network_mode: bridge", ["bridge"]],
    [", network_mode: host, hostname: box", ["host"]],
    [", network_mode: host", ["host"]],
    ["", [site.deployment]],
  ] as const) {
    await site.deploy(file(more));
    expect(await networks()).toEqual(expected);
    expect((await site.deploy()).stdout).toBe("No changes.\n");
  }
});

test("an image that must not be pulled, or is for another machine, is told before anything is made", async () => {
  await using site = openSite("app: {image: axon-example/no-such-image, pull_policy: never}\n");
  const absent = await site.axon(["deploy", "-D", site.deployment, "--yes"]);
  expect(absent).toExitWith(1);
  expect(absent.stderr).toContain(
    "image axon-example/no-such-image is not there, and must not be pulled",
  );
  expect(absent.stderr).toContain("Servicefile:1:");
  site.write(
    "Servicefile",
    "app: {image: axon-example/sleeper, pull_policy: never, platform: windows/mips}\n",
  );
  const foreign = await site.axon(["deploy", "-D", site.deployment, "--yes"]);
  expect(foreign).toExitWith(1);
  expect(foreign.stderr).toContain("not windows/mips");
  expect(await site.containers()).toEqual([]);
});
