import { expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";

/** Image, instances and environment by service, as the engine tells. */
async function running(site: Site, deployment: string) {
  const containers = await site.containers(deployment);
  const found = await Promise.all(
    containers.map(async ({ Id, Labels }) => {
      const { Config } = await site.docker.getContainer(Id).inspect();
      const stage = Config.Env.find((text) => text.startsWith("STAGE="));
      return `${Labels["io.axon.service"]} ${Config.Image} ${stage}`;
    }),
  );
  return found.sort();
}

test("one template is deployed as staging and as production, each with its own variables, overlays and scale", async () => {
  await using site = openSite();
  const [staging, production] = [site.sibling("staging"), site.sibling("production")];
  site.write("common/base.yaml", "cache: {image: axon-example/sleeper}\n");
  const template = `Includes: [common/base.yaml]
Env: {STAGE: "\${STAGE}"}
web: {image: axon-example/sleeper}
`;
  site.write("Servicefile", template);
  site.write("Servicefile.staging", "cache: null\nextra: {image: axon-example/sleeper}\n");
  site.write(
    "axon.yaml",
    `targets:
  staging: {deployment: ${staging}, vars: {STAGE: test}, overlays: [Servicefile.staging]}
  production: {deployment: ${production}, vars: {STAGE: live}, scale: {web: 2}}
`,
  );
  for (const target of ["staging", "production"]) {
    expect(await site.axon(["deploy", "--target", target, "--yes"])).toExitWith(0);
  }

  const sleeper = "axon-example/sleeper";
  expect(await running(site, staging)).toEqual([
    `extra ${sleeper} STAGE=test`,
    `web ${sleeper} STAGE=test`,
  ]);
  expect(await running(site, production)).toEqual([
    `cache ${sleeper} STAGE=live`,
    `web ${sleeper} STAGE=live`,
    `web ${sleeper} STAGE=live`,
  ]);
  for (const target of ["staging", "production"]) {
    const plan = await site.axon(["plan", "--target", target]);
    expect(plan.stdout).toBe("No changes.\n");
  }
  const other = await site.axon(["plan", "--target", "staging", "--set", "STAGE=other"]);
  expect(other.stdout).toMatch(/env\.STAGE: "test" -> "other"/);
});

test("a target that is not there is an error that names those that are, and nothing is changed", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  const none = await site.axon(["plan", "--target", "staging"]);
  expect(none).toExitWith(3);
  expect(none.stderr).toContain("error FILE_UNREADABLE: axon.yaml is not there");
  site.write("axon.yaml", "targets: {staging: {deployment: x}, production: {}}\n");
  const wrong = await site.axon(["deploy", "--target", "stagin", "--yes"]);
  expect(wrong).toExitWith(3);
  expect(wrong.stderr).toContain('error TARGET_UNKNOWN: axon.yaml has no target "stagin"');
  expect(wrong.stderr).toContain("Did you mean staging?");
});
