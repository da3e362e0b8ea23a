import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";
import { createImage, descriptorLabel } from "../helpers/test-image.ts";

test("keys that an image reads are typed, required, generated once, and told in its environment", async () => {
  const label = descriptorLabel({
    axon: 1,
    config: {
      debug: { type: "bool", default: false, env: "DEBUG" },
      workers: { type: "int", required: true, env: "WORKERS" },
      signature: { generate: { hex: 24 }, env: "SIGNATURE" },
    },
    entrypoints: { web: {} },
  });
  await using image = await createImage("axon-example/sleeper", [label]);
  const file = (config: string) => `Config: {${config}}\nweb: {image: ${image.reference}}\n`;
  await using site = openSite(file("debug: maybe"));
  const refused = await site.axon(["deploy", "-D", site.deployment]);
  expect(refused).toExitWith(3);
  expect(refused.stderr).toContain(
    `error CONFIG_INVALID: Config.debug must be true or false (the image ${image.reference} of web says so), and is "maybe"\n  --> Servicefile:1:10`,
  );
  expect(refused.stderr).toContain("error CONFIG_MISSING: web needs the key workers");
  expect(await site.containers()).toEqual([]);

  const root = `axon/${site.deployment}/config/`;
  const env = async () => (await site.inspect("web")).Config.Env;
  const first = await site.deploy(file("workers: 2"));
  const made = (await site.keys(root))[`${root}signature`] ?? "";
  expect(made).toMatch(/^[0-9a-f]{24}$/);
  expect(await env()).toEqual(
    expect.arrayContaining(["DEBUG=false", "WORKERS=2", `SIGNATURE=${made}`]),
  );
  expect(JSON.stringify(first)).not.toContain(made);
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  await site.putKey(`${root}debug`, "true");
  const changed = await site.deploy();
  expect(changed.stdout).toContain('env.DEBUG: "false" -> "true"');
  await site.putKey(`${root}debug`, "yes");
  const wrong = await site.axon(["plan", "-D", site.deployment]);
  expect(wrong).toExitWith(3);
  expect(wrong.stderr).toContain("the key debug of the store must be true or false");
  await site.deleteKey(`${root}debug`);

  await site.deploy(file("workers: 2, signature: own"));
  expect(await env()).toContain("SIGNATURE=own");
  await site.deploy(file("workers: 2"));
  expect((await site.keys(root))[`${root}signature`]).toBe("own");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});
