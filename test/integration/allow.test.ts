import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";
import { createImage, descriptorLabel } from "../helpers/test-image.ts";

function imageThatAsksFor(privileges: object) {
  const label = descriptorLabel({ axon: 1, entrypoints: { web: privileges } });
  return createImage("axon-example/sleeper", [label]);
}

test("what an image asks for it gets when the Servicefile allows it, and only then", async () => {
  const asked = { devices: ["/dev/null:/dev/nothing"], cap_add: ["SYS_TIME"] };
  await using image = await imageThatAsksFor(asked);
  await using site = openSite(`web: {image: ${image.reference}}\n`);
  const refused = await site.axon(["deploy", "-D", site.deployment]);
  expect(refused).toExitWith(3);
  expect(refused.stderr).toContain("entrypoints.web: devices: /dev/null, cap_add: SYS_TIME");
  expect(await site.containers()).toEqual([]);

  await site.deploy(`\
Allow: {web: [/dev/null, SYS_TIME]}
web: {image: ${image.reference}}
`);
  const { HostConfig } = await site.inspect("web");
  expect(HostConfig.Privileged).toBe(false);
  expect(HostConfig.CapAdd).toEqual([expect.stringMatching(/^(CAP_)?SYS_TIME$/)]);
  expect(HostConfig.Devices).toEqual([
    { PathOnHost: "/dev/null", PathInContainer: "/dev/nothing", CgroupPermissions: "rwm" },
  ]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("an image that may have the host's network has it", async () => {
  await using image = await imageThatAsksFor({ network: "host" });
  await using site = openSite(`Allow: [host-network]\nweb: {image: ${image.reference}}\n`);
  await site.deploy();
  expect((await site.inspect("web")).HostConfig.NetworkMode).toBe("host");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("an image that may be privileged is, unless its service says otherwise", async () => {
  await using image = await imageThatAsksFor({ privileged: true });
  await using site = openSite(`\
Allow: [privileged]
web: {image: ${image.reference}}
other: {image: ${image.reference}, entrypoint_of: web, privileged: false}
`);
  // Not every engine that these tests meet may itself do what a privileged container may: it is made, at least.
  await site.axon(["deploy", "-D", site.deployment]);
  expect((await site.inspect("web")).HostConfig.Privileged).toBe(true);
  expect((await site.inspect("other")).HostConfig.Privileged).toBe(false);
});
