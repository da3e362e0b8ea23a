import { cpSync } from "node:fs";
import { expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { certificateFor } from "../helpers/certificate.ts";

const Labels = { "axon.test": process.env.AXON_TEST_RUN ?? "" };

/** What the file calls external. */
async function outside({ docker, deployment }: Site): Promise<AsyncDisposable> {
  const network = await docker.createNetwork({ Name: `${deployment}-office`, Labels });
  const Name = `${deployment}-archive`;
  await docker.createVolume({ Name, Labels });
  return {
    [Symbol.asyncDispose]: async () => {
      await network.remove({ force: true });
      await docker.getVolume(Name).remove({ force: true });
    },
  };
}

test("a file with every key of the language is deployed, and then there is nothing to do", async () => {
  await using site = openSite();
  const { docker, deployment, directory } = site;
  cpSync("fixtures/every-key", directory, { recursive: true });
  const { cert, key } = certificateFor("every-key.example.org");
  site.write("tls/page.pem", cert);
  site.write("tls/page.key", key);
  const { ApiVersion, Os, Arch } = await docker.version();
  const isNew = Number(ApiVersion.split(".")[1]) >= 45;
  const axon = (command: string, ...more: readonly string[]) =>
    site.axon([command, "-D", deployment, ...(isNew ? ["--target", "newer"] : []), ...more], {
      EVERY_KEY_SECRET: "hush-hush",
      PLATFORM: `${Os}/${Arch}`,
    });
  await using _outside = await outside(site);
  await using _deployed = {
    [Symbol.asyncDispose]: async () => {
      await site.axon(["destroy", "-D", deployment, "--volumes", "--yes"]);
    },
  };
  const deployed = await axon("deploy", "--yes");
  expect(deployed).toExitWith(0);
  expect((await axon("plan")).stdout).toBe("No changes.\n");
  const archive = await docker.getVolume(`${deployment}-archive`).inspect();
  expect(archive.Labels).toEqual(Labels);
});
