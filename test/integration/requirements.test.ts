import { expect, test } from "vitest";
import { execIn, openSite } from "../helpers/axon.ts";
import { createImage, descriptorLabel } from "../helpers/test-image.ts";

const PAGES = "pages: {image: rock77/website, cmd: /bin/runserver, ports: {http: 8000}}\n";

test("what an image requires it finds in another deployment, on that one's network", async () => {
  const requires = { site: { endpoint: "pages", env: "SITE" } };
  const label = descriptorLabel({ axon: 1, entrypoints: { web: { requires } } });
  await using image = await createImage("axon-example/sleeper", [label]);
  const own = `web: {image: ${image.reference}}\n`;
  await using site = openSite(own);
  const unmet = await site.axon(["deploy", "-D", site.deployment]);
  expect(unmet).toExitWith(3);
  expect(unmet.stderr).toContain('web requires "pages"');
  expect(await site.containers()).toEqual([]);

  const [infra, lab] = [site.sibling("infra"), site.sibling("lab")];
  site.write("Pages", PAGES);
  expect(await site.axon(["deploy", "Pages", "-D", infra])).toExitWith(0);
  await site.deploy();
  const container = `${site.deployment}-web-1`;
  expect(await execIn(container, ["sh", "-c", "echo $SITE_URL"])).toContain(
    `http://${infra}-pages-1:8000`,
  );
  const shown = await execIn(container, ["sh", "-c", "wget -qO- $SITE_URL"]);
  expect(shown).toContain("<h1>Website</h1>");
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  expect(await site.axon(["deploy", "Pages", "-D", lab])).toExitWith(0);
  const ambiguous = await site.axon(["plan", "-D", site.deployment]);
  expect(ambiguous).toExitWith(3);
  expect(ambiguous.stderr).toContain(`several deployments provide it: ${infra}, ${lab}`);
  const moved = await site.deploy(`${own}Config: {endpoints/pages: "${lab}:pages"}\n`);
  expect(moved.stdout).toContain(`"${infra}-pages-1" -> "${lab}-pages-1"`);
  const { Networks } = (await site.inspect("web")).NetworkSettings;
  expect(Object.keys(Networks).sort()).toEqual([site.deployment, lab].sort());
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  expect(await site.axon(["destroy", "-D", lab, "--yes"])).toExitWith(0);
  const gone = await site.axon(["plan", "-D", site.deployment]);
  expect(gone).toExitWith(3);
  expect(gone.stderr).toContain(`${lab}:pages, which endpoints/pages names, is not there`);
});
