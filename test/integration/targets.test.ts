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

test("one template is deployed as staging and as production, side by side, each with its own variables, overlays, scale and domains", async () => {
  await using site = openSite();
  const [staging, production] = [site.sibling("staging"), site.sibling("production")];
  site.write("common/base.yaml", "cache: {image: axon-example/sleeper}\n");
  const template = `Includes: [common/base.yaml]
Env: {STAGE: "\${STAGE}"}
web: {image: axon-example/sleeper, ports: {http: 8000}}
`;
  const domain = (name: string) => `Domains: {${name}.org: {http: "\${axon.deployment}:web"}}\n`;
  site.write("Servicefile", template);
  site.write(
    "Servicefile.staging",
    `${domain("test")}cache: null\nextra: {image: axon-example/sleeper}\n`,
  );
  site.write("Servicefile.production", domain("live"));
  site.write(
    "axon.yaml",
    `targets:
  staging: {deployment: ${staging}, vars: {STAGE: test}, overlays: [Servicefile.staging]}
  production: {deployment: ${production}, vars: {STAGE: live}, overlays: [Servicefile.production], scale: {web: 2}}
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
  const rules = Object.entries(await site.keys("traefik/http/routers/")).flatMap(([key, value]) =>
    /\/([^/]+)\/rule$/.exec(key)?.[1]?.startsWith(site.deployment) ? [`${key} ${value}`] : [],
  );
  expect(rules.map((rule) => rule.replace("traefik/http/routers/", "")).sort()).toEqual([
    `${production}_live.org/rule Host(\`live.org\`)`,
    `${staging}_test.org/rule Host(\`test.org\`)`,
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

test("commands that need no file know a deployment by its target, and reach what the target names", async () => {
  await using site = openSite("web: {image: axon-example/sleeper}\n");
  const { deployment } = site;
  const { DOCKER_HOST: docker = "unix:///var/run/docker.sock" } = process.env;
  const nowhere = "unix:///nowhere/docker.sock";
  site.write(
    "axon.yaml",
    `targets:
  here: {deployment: ${deployment}, docker: "${docker}"}
  gone: {deployment: ${deployment}, docker: "${nowhere}"}
  unnamed: {docker: "${docker}"}
`,
  );
  const axon = (command: string, target = "here") =>
    site.axon([...command.split(" "), "--target", target], { DOCKER_HOST: nowhere });
  expect(await axon("deploy --yes")).toExitWith(0);
  site.write(
    "Servicefile",
    `Deployment: ${deployment}\nweb: {image: axon-example/sleeper, env: {A: b}}\n`,
  );
  expect(await axon("deploy --yes")).toExitWith(0);

  expect((await axon("status")).stdout).toMatch(/web +running/);
  expect((await axon("history")).stdout).toMatch(/^ *2 /m);
  expect((await axon("history", "unnamed")).stdout).toMatch(/^ *2 /m);
  expect(await axon("rollback --yes")).toExitWith(0);
  expect((await site.inspect("web")).Config.Env).not.toContain("A=b");
  expect((await axon("unlock --yes")).stdout).toBe(`${deployment} is not locked.\n`);
  const gone = await axon("status", "gone");
  expect(gone.stderr).toContain(`no engine answers at ${nowhere}`);
  const named = await site.axon(["status", "--target", "gone", "--docker", docker, "-D", "other"]);
  expect(named.stdout).toContain("There is no deployment other here.");
  const nobody = await site.axon(["destroy", "--yes"]);
  expect(nobody).toExitWith(3);
  expect(nobody.stderr).toContain("Give -D NAME, or --target NAME.");

  expect(await axon("destroy --yes")).toExitWith(0);
  expect(await site.containers()).toEqual([]);
});
