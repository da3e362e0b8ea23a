import { expect, test } from "vitest";
import { awaitHealth, execIn, openSite, type Site, storeUrl } from "../../helpers/axon.ts";
import { awaitCatalogue, catalogueOf, tellAgent } from "../../helpers/consul-catalogue.ts";
import { answering } from "../convergence/web-service.ts";

const HEALTH = "healthcheck: {http: http, interval: 1s, timeout: 3s, retries: 4}";

const COMMAND =
  "healthcheck: {test: test -f /www/index.html, interval: 200ms, timeout: 10s, retries: 2}";

function web(edition: string, more = ""): string {
  return `web: {image: "axon-example/busybox:1", cmd: ${JSON.stringify(answering(edition))}, ports: {http: 80}, ${HEALTH}${more}}\n`;
}

/** Both names of each of these instances, as good as that. */
function told(
  { deployment }: Pick<Site, "deployment">,
  instances: readonly number[],
  status = "passing",
) {
  return (at: ReadonlyMap<string, string>) =>
    instances.flatMap((number) => {
      const place = `${at.get(`${deployment}-web-${number}`)}:80 ${status}`;
      return [
        `${deployment}-web#axon:${deployment}:web:${number}: ${place}`,
        `${deployment}-web-http#axon:${deployment}:web:http:${number}: ${place}`,
      ];
    });
}

test("the catalogue has exactly the running instances, healthy at once, when scaled up, down and destroyed", async () => {
  await using site = openSite();
  const url = () => storeUrl(site.system);
  await site.deploy(web("one", ", scale: 2"));
  await awaitCatalogue(site, told(site, [1, 2]));
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  await site.deploy(web("one", ", scale: 3"));
  await awaitCatalogue(site, told(site, [1, 2, 3]));
  await site.deploy(web("one"));
  await awaitCatalogue(site, told(site, [1]));
  await site.deploy('other: {image: "axon-example/sleeper"}\n');
  await awaitCatalogue(site, () => []);
  await site.deploy(web("one"));
  await awaitCatalogue(site, told(site, [1]));
  expect(await site.axon(["destroy", "-D", site.deployment, "--yes"])).toExitWith(0);
  await awaitCatalogue(site, () => []);
  expect(await catalogueOf(await url(), site.deployment)).toEqual([]);
});

test("what is stale, changed or deregistered by hand is shown, and put right", async () => {
  await using site = openSite();
  const { deployment } = site;
  await site.deploy(web("one"));
  await awaitCatalogue(site, told(site, [1]));
  const planted = {
    Name: `${deployment}-web`,
    ID: `axon:${deployment}:web:9`,
    Address: "10.0.0.9",
    Port: 80,
    Meta: { "axon-deployment": deployment, "axon-service": "web", "axon-instance": "9" },
  };
  await tellAgent(site, "register", planted);
  await tellAgent(site, `deregister/axon:${deployment}:web:http:1`);
  await tellAgent(site, "register", {
    ...planted,
    ID: `axon:${deployment}:web:1`,
    Meta: { ...planted.Meta, "axon-instance": "1" },
  });
  const { stdout } = await site.axon(["plan", "-D", deployment]);
  expect(stdout).toMatch(
    new RegExp(`catalogue.${deployment}-web.address: 10.0.0.9 -> [0-9a-f]{12}  # changed outside`),
  );
  expect(stdout).toMatch(
    new RegExp(`catalogue.${deployment}-web-http: [0-9a-f]{12}:80  # changed outside of axon`),
  );
  expect(stdout).toContain("remove registration  # 10.0.0.9:80 is no instance");
  await site.deploy();
  await awaitCatalogue(site, told(site, [1]));
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("an instance that was killed is critical by itself, and passing again after the next deploy", async () => {
  await using site = openSite();
  await site.deploy(web("one"));
  const name = `${site.deployment}-web-1`;
  await site.docker.getContainer(name).stop({ t: 1 });
  await awaitCatalogue(site, told(site, [1], "critical"));
  await site.deploy();
  await awaitCatalogue(site, told(site, [1]));
  await site.docker.getContainer(name).remove({ force: true });
  await site.deploy();
  await awaitCatalogue(site, told(site, [1]));
});

test("an instance that is unhealthy by HTTP is critical, though its port takes connections", async () => {
  await using site = openSite();
  await site.deploy(web("one"));
  await awaitCatalogue(site, told(site, [1]));
  const exec = await site.docker
    .getContainer(`${site.deployment}-web-1`)
    .exec({ Cmd: ["rm", "/www/index.html"] });
  await exec.start({});
  await awaitCatalogue(site, told(site, [1], "critical"));
});

test("an instance that only a command finds unhealthy is shown, critical from the next deploy on, and passes after the one that finds it healthy", async () => {
  await using site = openSite();
  const { deployment } = site;
  await site.deploy(web("one").replace(HEALTH, COMMAND));
  await awaitCatalogue(site, told(site, [1]));
  const command = async (text: string, health: string) => {
    await execIn(`${deployment}-web-1`, ["sh", "-c", text]);
    await awaitHealth(site, "web", health);
  };
  await command("rm /www/index.html", "unhealthy");
  const plan = await site.axon(["plan", "-D", deployment]);
  expect(plan.stdout).toContain(
    `catalogue.${deployment}-web.health: passing -> critical  # changed outside of axon`,
  );
  await site.deploy();
  await awaitCatalogue(site, told(site, [1], "critical"));
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  await command("echo one >/www/index.html", "healthy");
  expect((await site.deploy()).stdout).toContain("web");
  await awaitCatalogue(site, told(site, [1]));
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

for (const order of ["stop-first", "start-first"] as const) {
  const more = `, update: {order: ${order}, timeout: 8s}`;

  test(`a replacement that is ${order} puts the new instance in the place of the old one`, async () => {
    await using site = openSite();
    await site.deploy(web("one", more));
    const seen = await watch(site, () => site.deploy(web("two", more)));
    await awaitCatalogue(site, told(site, [1]));
    expect((await site.deploy()).stdout).toBe("No changes.\n");
    if (order === "start-first") expect(Math.min(...seen)).toBe(2);
    expect(Math.max(...seen)).toBe(2);
  });

  test(`a replacement that is ${order} and fails leaves the old instance in the catalogue`, async () => {
    await using site = openSite();
    await site.deploy(web("one", more));
    site.write("Servicefile", web("two", more).replace("httpd -f", "sleeper # "));
    expect(await site.axon(["deploy", "-D", site.deployment, "--yes"])).toExitWith(5);
    await awaitCatalogue(site, told(site, [1]));
    expect((await site.deploy(web("one", more))).stdout).toBe("No changes.\n");
  });
}

/** How many registrations pass, looked at all the time while that happens. */
async function watch(site: Site, happens: () => Promise<unknown>): Promise<readonly number[]> {
  const url = await storeUrl(site.system);
  const seen: number[] = [];
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const lines = await catalogueOf(url, site.deployment);
      seen.push(lines.filter((line) => line.endsWith("passing")).length);
    }
  })();
  await happens();
  isOver = true;
  await watching;
  return seen;
}
