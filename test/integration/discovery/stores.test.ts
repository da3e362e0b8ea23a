import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { awaitHealth, execIn, openSite, type Site } from "../../helpers/axon.ts";
import { addresses, catalogueOf } from "../../helpers/consul-catalogue.ts";
import { STORE_KINDS, type TestStore } from "../../helpers/stores.ts";
import { createImage, descriptorLabel } from "../../helpers/test-image.ts";
import { answering } from "../convergence/web-service.ts";

function pages(edition: string, more = ""): string {
  return `pages: {image: "axon-example/busybox:1", cmd: ${JSON.stringify(answering(edition))}, ports: {http: 80}${more}}\n`;
}

describe.each(STORE_KINDS)("with $name as its store", ({ name: kind, start }) => {
  let store: TestStore;

  beforeAll(async () => {
    store = await start();
  });

  afterAll(() => store?.[Symbol.asyncDispose]());

  const deploy = async (site: Site, name: string, text: string) => {
    site.write("Servicefile", text);
    const done = await site.axon(["deploy", "-D", name, "--kv", store.address, "--yes"]);
    expect(done).toExitWith(0);
    return done.stdout;
  };

  test("a service of another deployment is found by reference and by what an image requires", async () => {
    const requires = { site: { endpoint: "pages", env: "SITE" } };
    const label = descriptorLabel({ axon: 1, entrypoints: { web: { requires } } });
    await using image = await createImage("axon-example/sleeper", [label]);
    await using site = openSite();
    const infra = site.sibling("infra");
    const file = `web: {image: ${image.reference}, env: {PLACE: "\${service.${infra}:pages.host}:\${service.${infra}:pages.port}"}}\n`;
    site.write("Servicefile", file);
    const early = await site.axon(["plan", "-D", site.deployment, "--kv", store.address]);
    expect(early).toExitWith(3);
    expect(early.stderr).toContain(`service.${infra}:pages.host is not there`);
    await deploy(site, infra, pages("hello"));
    await deploy(site, site.deployment, file);
    const ask = (name: string) =>
      execIn(`${site.deployment}-web-1`, ["sh", "-c", `wget -qO- http://\${${name}#http://}`]);
    expect(await ask("PLACE")).toContain("hello");
    expect(await ask("SITE_URL")).toContain("hello");
    expect(await deploy(site, site.deployment, file)).toBe("No changes.\n");
    await site.axon(["destroy", "-D", infra, "--kv", store.address, "--yes"]);
  });

  const healthOf = async ({ deployment }: Site) => {
    if (kind === "Consul") {
      const lines = await catalogueOf(store.address.replace("consul:", "http:"), deployment);
      return lines.map((line) => line.replace(/^.* /, ""));
    }
    const keys = await store.keys(`axon/${deployment}/instances/`);
    return Object.values(keys).map((text) => (JSON.parse(text) as { health: string }).health);
  };

  test("what a command says of an instance's health is told by the next deploy, and taken back", async () => {
    await using site = openSite();
    const { deployment } = site;
    const health = "healthcheck: {test: test -f /www/index.html, interval: 200ms, retries: 2}";
    const text = pages("one", `, ${health}`);
    await deploy(site, deployment, text);
    expect(await healthOf(site)).toEqual(["passing", "passing"]);
    const become = async (command: string, wanted: string) => {
      await execIn(`${deployment}-pages-1`, ["sh", "-c", command]);
      await awaitHealth(site, "pages", wanted);
      return await site.axon(["plan", "-D", deployment, "--kv", store.address]);
    };
    const change = `catalogue.${deployment}-pages.health: `;
    const sick = await become("rm /www/index.html", "unhealthy");
    expect(sick.stdout).toContain(`${change}passing -> critical  # changed outside of axon`);
    await deploy(site, deployment, text);
    expect(await healthOf(site)).toEqual(["critical", "critical"]);
    expect(await deploy(site, deployment, text)).toBe("No changes.\n");
    const well = await become("echo one >/www/index.html", "healthy");
    expect(well.stdout).toContain(`${change}critical -> passing`);
    await deploy(site, deployment, text);
    expect(await healthOf(site)).toEqual(["passing", "passing"]);
    expect(await deploy(site, deployment, text)).toBe("No changes.\n");
  });

  // Consul has a catalogue of its own, and no such keys.
  if (kind !== "Consul") {
    test("a key says all that is documented of an instance", async () => {
      await using site = openSite();
      const { deployment } = site;
      const health = "healthcheck: {http: http/, interval: 10s, timeout: 5s}";
      await deploy(site, deployment, pages("one", `, ${health}`));
      const root = `axon/${deployment}/instances/pages/`;
      const keys = await store.keys(root);
      expect(Object.keys(keys).sort()).toEqual([`${root}1`, `${root}http/1`]);
      const at = (await addresses(site)).get(`${deployment}-pages-1`) ?? "";
      const documented =
        readFileSync("docs/discovery.md", "utf8").match(/^\{"name":.*$/m)?.[0] ?? "";
      const expected = documented
        .replace("example-website", `${deployment}-pages`)
        .replace("5f9e4b630d3b", at)
        .replace('"number":"8000"', '"number":"80"')
        .replace('"check":"http 8000', '"check":"http 80')
        .replace('"service":"website"', '"service":"pages"');
      expect(keys[`${root}http/1`]).toBe(expected);
    });
  }

  test("the running instances are told of, those that are gone are not, and what was changed is put right", async () => {
    await using site = openSite();
    const { deployment } = site;
    const told = async () =>
      kind === "Consul"
        ? (await catalogueOf(store.address.replace("consul:", "http:"), deployment)).map((line) =>
            line.replace(/^[^#]*#/, ""),
          )
        : toldByKeys(await store.keys(`axon/${deployment}/instances/`));
    const expected = async (numbers: readonly number[]) => {
      const at = await addresses(site);
      const state = kind === "Consul" ? " passing" : "";
      return numbers
        .flatMap((number) => {
          const place = `${at.get(`${deployment}-pages-${number}`)}:80${state}`;
          return [`pages:${number}: ${place}`, `pages:http:${number}: ${place}`];
        })
        .map((line) => `axon:${deployment}:${line}`)
        .sort();
    };
    await deploy(site, deployment, pages("one", ", scale: 2"));
    expect((await told()).sort()).toEqual(await expected([1, 2]));
    await deploy(site, deployment, pages("two"));
    expect((await told()).sort()).toEqual(await expected([1]));
    await site.docker.getContainer(`${deployment}-pages-1`).remove({ force: true });
    await deploy(site, deployment, pages("two"));
    expect((await told()).sort()).toEqual(await expected([1]));
    expect(await deploy(site, deployment, pages("two"))).toBe("No changes.\n");
    const gone = await site.axon(["destroy", "-D", deployment, "--kv", store.address, "--yes"]);
    expect(gone).toExitWith(0);
    expect(await told()).toEqual([]);

    function toldByKeys(keys: Readonly<Record<string, string>>): string[] {
      const root = `axon/${deployment}/instances/`;
      return Object.entries(keys).map(([key, text]) => {
        const { address, number } = JSON.parse(text) as { address: string; number: string };
        const id = `axon:${deployment}:${key.slice(root.length).replaceAll("/", ":")}`;
        return `${id}: ${address}:${number}`;
      });
    }
  });
});
