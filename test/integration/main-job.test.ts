import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";

/** The project's seed, to the letter. */
const SEED = `\
Env:
  BRANDING: Company Ltd.

redis:
  image: rock77/redis
  volumes: {data: /srv/redis}

website:
  image: rock77/website
  cmd: /bin/runserver
`;

test("the seed's own file deploys exactly as it is written, and then there is nothing to do", async () => {
  await using site = openSite(SEED);
  await site.deploy();

  const containers = await site.containers();
  expect(containers.map(({ State }) => State)).toEqual(["running", "running"]);
  const website = site.docker.getContainer(`${site.deployment}-website-1`);
  const { Config } = await website.inspect();
  expect(Config.Cmd).toEqual(["/bin/sh", "-c", "/bin/runserver"]);
  expect(Config.Env).toContain("BRANDING=Company Ltd.");

  const again = await site.deploy();
  expect(again.stdout).toBe("No changes.\n");
});
