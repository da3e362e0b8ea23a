import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { pushImage, startRegistry } from "../../helpers/registry.ts";
import { createImage } from "../../helpers/test-image.ts";

const SAME_TAG =
  /image: sha256:[0-9a-f]{12} -> sha256:[0-9a-f]{12} {2}# same tag, forces replacement/g;

test("an image that moved in the registry is seen with --pull, and always with pull_policy: always", async () => {
  await using registry = await startRegistry();
  await using one = await createImage("axon-example/sleeper", ["ENV EDITION=one"]);
  await using two = await createImage("axon-example/sleeper", ["ENV EDITION=two"]);
  await using site = openSite();
  const { docker } = site;
  const [moving, kept] = ["moving", "kept"].map((name) => `${registry.host}/${name}`);
  const tag = (id: string, repo = "") => docker.getImage(id).tag({ repo, tag: "latest" });
  /** `there` is in the registry, and `here` on the engine. */
  const spread = async (there: string, here: string) => {
    for (const name of [moving, kept]) {
      await tag(there, name);
      await pushImage(docker, `${name}:latest`);
      await tag(here, name);
    }
  };
  const file = (policy: string) => `\
moving: {image: "${moving}", pull_policy: ${policy}}
kept: {image: "${kept}", pull_policy: never}
`;
  const plan = async (...flags: string[]) => {
    const run = await site.axon(["plan", "-D", site.deployment, ...flags]);
    expect(run).toExitWith(0);
    return run;
  };

  await spread(one.id, one.id);
  await site.deploy(file("missing"));
  await spread(two.id, one.id);
  expect((await plan()).stdout).toBe("No changes.\n");
  const shown = await plan("--pull");
  expect(shown.stderr).toContain(`pulling ${moving}\n`);
  expect(shown.stdout.match(SAME_TAG)).toHaveLength(1);
  expect(shown.stdout).not.toContain("kept");

  await tag(one.id, moving);
  expect((await plan()).stdout).toBe("No changes.\n");
  expect(await site.axon(["deploy", "-D", site.deployment, "--yes", "--pull"])).toExitWith(0);
  expect(await imagesOf(site)).toEqual({ moving: two.id, kept: one.id });

  await spread(one.id, two.id);
  await tag(one.id, kept);
  site.write("Servicefile", file("always"));
  expect((await plan()).stdout.match(SAME_TAG)).toHaveLength(1);
  await tag(two.id, moving);
  await site.deploy();
  expect(await imagesOf(site)).toEqual({ moving: one.id, kept: one.id });
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a saved plan is not performed with other images than it was made with", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  const run = await site.axon(["deploy", "-D", site.deployment, "--plan", "plan.json", "--pull"]);
  expect(run).toExitWith(3);
  expect(run.stderr).toMatch(/USAGE: --pull and --plan are both given/);
});

async function imagesOf(site: Site) {
  const [moving, kept] = await Promise.all([site.inspect("moving"), site.inspect("kept")]);
  return { moving: moving.Image, kept: kept.Image };
}
