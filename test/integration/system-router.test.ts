import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { freePort } from "../helpers/free-port.ts";

const FILE = `\
Deployment: site
Domains: {routed.example.org: "site:website"}
website: {image: rock77/website, cmd: /bin/runserver}
`;

const IMAGES = { AXON_CADDY_IMAGE: "axon-example/caddy:2" };

function system(site: Site, ...args: readonly string[]) {
  return site.axon(["system", ...args, "--yes"], IMAGES);
}

/** Answers the port where it takes requests. */
async function upCaddy(site: Site): Promise<number> {
  const [http, https] = [await freePort(), await freePort()];
  const ports = ["--http", `127.0.0.1:${http}`, "--https", `127.0.0.1:${https}`];
  expect(await system(site, "up", "router", "--kind", "caddy", ...ports)).toExitWith(0);
  return http;
}

/** As curl --resolve asks. */
function statusOf(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { host: `${host}:${port}`, connection: "close" };
    get({ host: "127.0.0.1", port, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).once("error", reject);
  });
}

const networksOf = async (site: Site, container: string) => {
  const { NetworkSettings } = await site.docker.getContainer(container).inspect();
  return Object.keys(NetworkSettings.Networks);
};

test("a router is made once, joins who has domains, outlives the store's making, and goes", async () => {
  await using site = openSite(FILE, { ownStore: true });
  const caddy = `axon-${site.system}-caddy`;
  await upCaddy(site);
  const again = await system(site, "up", "router");
  expect(again.stdout).toBe("No changes.\n");

  const { stdout } = await site.deploy();
  expect(stdout).toContain(`update router  # joins ${site.deployment}`);
  expect(await networksOf(site, caddy)).toContain(site.deployment);
  const status = await site.axon(["status", "-D", site.deployment]);
  expect(status.stdout).toMatch(
    new RegExp(`^routed\\.example\\.org +${site.deployment}-website-1:\\d+$`, "m"),
  );
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  expect((await system(site, "up", "router")).stdout).toBe("No changes.\n");
  expect((await system(site, "status")).stdout).toMatch(/caddy +healthy/);

  expect(await site.axon(["destroy", "-D", site.deployment, "--yes"])).toExitWith(0);
  expect(await networksOf(site, caddy)).not.toContain(site.deployment);

  expect(await system(site, "down", "router")).toExitWith(0);
  const left = await site.docker.listContainers({
    all: true,
    filters: { name: [`axon-${site.system}-`] },
  });
  expect(left.map(({ Names }) => Names[0])).toEqual([`/axon-${site.system}-consul`]);
  expect((await system(site, "down", "router")).stdout).toBe("No changes.\n");
});

test("a domain that waited for a service answers as soon as that one, which has no domain itself, is there", async () => {
  await using site = openSite(undefined, { ownStore: true });
  const port = await upCaddy(site);
  const front = site.sibling("front");
  site.write(
    "front",
    `Domains: {late.example.org: "${site.deployment}:website"}\nx: {image: axon-example/sleeper}\n`,
  );
  expect(await site.axon(["deploy", "front", "-D", front, "--yes"])).toExitWith(0);
  await site.deploy("website: {image: rock77/website, cmd: /bin/runserver}\n");
  expect(await statusOf("late.example.org", port)).toBe(200);
});

test("no network leads to Caddy's admin API", async () => {
  await using site = openSite(FILE, { ownStore: true });
  await upCaddy(site);
  await site.deploy();
  const asked = await site.docker.getContainer(`${site.deployment}-website-1`).exec({
    Cmd: ["wget", "-q", "-O", "-", "-T", "2", `http://axon-${site.system}-caddy:2019/config/`],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await asked.start({});
  for await (const _ of stream);
  expect((await asked.inspect()).ExitCode).not.toBe(0);
});

/** Serves on one port, and is well whatever the other one does. */
function listening(port: number, edition: number): string {
  const program = `require("node:http").createServer((_, answer) => answer.end(process.env.EDITION)).listen(${port})`;
  return `\
Deployment: site
Domains: {routed.example.org: "site:website"}
website:
  image: axon-example/node:20
  cmd: [node, -e, ${JSON.stringify(program)}]
  ports: {http: 80}
  env: {EDITION: "${edition}"}
  healthcheck: {test: [CMD, "true"], interval: 200ms}
`;
}

test("a healthy service that is not reached through the router does not take the old one's place", async () => {
  await using site = openSite(FILE, { ownStore: true });
  await upCaddy(site);
  site.write("Servicefile", listening(80, 1));
  await site.deploy();
  const { Id: before } = await site.inspect("website");
  site.write("Servicefile", listening(81, 2));
  const failed = await site.axon(["deploy", "-D", site.deployment, "--yes"]);
  expect(failed).toExitWith(5);
  expect(failed.stderr).toContain(
    `routed.example.org is answered with 502 by Caddy itself: it does not reach ${site.deployment}-website-1:80`,
  );
  expect((await site.inspect("website")).Id).toBe(before);
  site.write("Servicefile", listening(80, 3));
  await site.deploy();
  expect((await site.inspect("website")).Id).not.toBe(before);
});

test("a router of another kind needs the same ports, and is refused", async () => {
  await using site = openSite(FILE, { ownStore: true });
  await upCaddy(site);
  const refused = await system(site, "up", "router", "--kind", "traefik");
  expect(refused).toExitWith(3);
  expect(refused.stderr).toContain("axon system down router");
});

async function holdPort(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

test("a Caddy that could not start stands in the way only of who has domains", async () => {
  const plain = FILE.replace(/^Domains.*\n/m, "");
  await using site = openSite(plain, { ownStore: true });
  await using held = await holdPort();
  const ports = ["--http", `127.0.0.1:${held.port}`, "--https", `127.0.0.1:${await freePort()}`];
  const failed = await system(site, "up", "router", "--kind", "caddy", ...ports);
  expect(failed.exitCode).not.toBe(0);
  const caddy = site.docker.getContainer(`axon-${site.system}-caddy`);
  expect((await caddy.inspect()).State.Running).toBe(false);

  await site.deploy();
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  await site.deploy(plain.replace("runserver}", 'runserver, env: {EDITION: "2"}}'));
  const named = ["-D", site.deployment];
  for (const words of [
    ["status"],
    ["history"],
    ["unlock", "--yes"],
    ["rollback", "--yes"],
    ["destroy", "--yes"],
  ]) {
    expect(await site.axon([...words, ...named])).toExitWith(0);
  }
  expect(await site.axon(["resource", "set", "gpu", ...named])).toExitWith(0);

  site.write("Servicefile", FILE);
  const routed = await site.axon(["deploy", "--yes"]);
  expect(routed).toExitWith(1);
  expect(routed.stderr).toContain("ROUTER_UNREACHABLE");
  expect(routed.stderr).toContain("axon system up router --http");

  const other = ["--http", `127.0.0.1:${await freePort()}`];
  expect(await system(site, "up", "router", ...other)).toExitWith(0);
  await site.deploy(FILE);
  await site.docker.getContainer(`axon-${site.system}-caddy`).stop();
  for (const words of [["status"], ["destroy", "--yes"]]) {
    expect(await site.axon([...words, ...named])).toExitWith(1);
  }
});
