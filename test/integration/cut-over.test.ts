import { expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { startCaddy, type TestCaddy } from "../helpers/caddy.ts";
import type { Running } from "../helpers/run-axon.ts";
import { type SteadyClient, startClient } from "../helpers/steady-client.ts";
import { engineUpstream, startCuttingProxies } from "./convergence/cutting-proxy.ts";

/**
 * Says `cold` to who asks before it has told a health check that it is well, which takes a while. What is slow has
 * begun to answer, so that no router can ask another one instead. When it is told to stop it is gone at once, with
 * whatever it was doing.
 */
const SERVER = `
  let wasWell = false;
  require("node:http").createServer((request, answer) => {
    const { EDITION } = process.env;
    const say = (status, text) => { answer.writeHead(status); answer.end(text); };
    if (request.url === "/health") {
      const isWell = EDITION !== "bad" && process.uptime() > 0.5;
      wasWell ||= isWell;
      return say(isWell ? 200 : 503, "");
    }
    const text = EDITION === "bad" ? "bad" : wasWell ? "edition " + EDITION : "cold";
    if (request.url === "/slow") {
      answer.writeHead(200);
      answer.flushHeaders();
      return setTimeout(() => answer.end(text), 2000);
    }
    say(200, text);
  }).listen(80).keepAliveTimeout = 60_000;
  process.on("SIGTERM", () => process.exit(0));
`;

function file(edition: number | "bad", more = ""): string {
  return `\
Deployment: site
Domains: {example.org: "site:service"}
service:
  image: axon-example/node:20
  cmd: [node, -e, ${JSON.stringify(SERVER)}]
  ports: {http: 80}
  env: {EDITION: "${edition}"}
  healthcheck: {test: [CMD, wget, -q, -O, /dev/null, "http://127.0.0.1/health"], interval: 200ms, timeout: 20s, retries: 300}
  update: {order: start-first, timeout: 60s${more}}
`;
}

async function deploy(site: Site, caddy: TestCaddy, text: string) {
  site.write("Servicefile", text);
  return await site.axon(["deploy", "-D", site.deployment, "--yes", "--router", caddy.router]);
}

/** A site with a domain that answers. */
async function serve(site: Site, caddy: TestCaddy): Promise<void> {
  const bare = file(0).replace(/^Domains.*\n/m, "");
  expect(await deploy(site, caddy, bare)).toExitWith(0);
  await caddy.join(site.deployment);
  expect(await deploy(site, caddy, file(0))).toExitWith(0);
}

function clientOf(caddy: TestCaddy, perSecond: number, path = "/"): SteadyClient {
  return startClient({ address: caddy.address, host: "example.org", perSecond, path });
}

test("200 requests a second are all answered during 20 deploys, and none by what was not healthy", async () => {
  await using caddy = await startCaddy();
  await using site = openSite();
  await serve(site, caddy);
  const client = clientOf(caddy, 200);
  const began = performance.now();
  for (let edition = 1; edition <= 20; edition += 1) {
    const done = await deploy(site, caddy, file(edition));
    expect(done).toExitWith(0);
    expect(done.stdout).toMatch(/^ *\+\/- service +replace, start-first/m);
  }
  const seconds = (performance.now() - began) / 1000;
  const { counts, sent } = await client.stop();
  const editions = Array.from({ length: 21 }, (_, edition) => `200 edition ${edition}`);
  expect([...counts].filter(([text]) => !editions.includes(text))).toEqual([]);
  expect(counts.size).toBe(editions.length);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(sent);
  expect(sent / seconds).toBeGreaterThan(195);
}, 600_000);

test("where two instances are replaced one after the other, no request fails either", async () => {
  await using caddy = await startCaddy();
  await using site = openSite();
  const two = (edition: number) => `${file(edition)}  scale: 2\n`;
  expect(await deploy(site, caddy, two(0).replace(/^Domains.*\n/m, ""))).toExitWith(0);
  await caddy.join(site.deployment);
  expect(await deploy(site, caddy, two(0))).toExitWith(0);
  const client = clientOf(caddy, 200);
  for (const edition of [1, 2, 3]) expect(await deploy(site, caddy, two(edition))).toExitWith(0);
  const { counts, sent } = await client.stop();
  const editions = [0, 1, 2, 3].map((edition) => `200 edition ${edition}`);
  expect([...counts.keys()].toSorted()).toEqual(editions);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(sent);
}, 300_000);

test("a new version that does not become healthy never gets a request, and the old one goes on", async () => {
  await using caddy = await startCaddy();
  await using site = openSite();
  await serve(site, caddy);
  const before = await caddy.config();
  const client = clientOf(caddy, 100);
  const failed = await deploy(site, caddy, file("bad").replace("60s", "3s"));
  expect(failed).toExitWith(5);
  const { counts, sent } = await client.stop();
  expect([...counts]).toEqual([["200 edition 0", sent]]);
  expect(await caddy.config()).toEqual(before);
});

test("requests that are in flight at the switch are answered by the one that got them, before it is told to stop", async () => {
  await using caddy = await startCaddy();
  await using site = openSite();
  await serve(site, caddy);
  const slow = clientOf(caddy, 10, "/slow");
  expect(await deploy(site, caddy, file(1))).toExitWith(0);
  const { counts, sent } = await slow.stop();
  expect([...counts.keys()].sort()).toEqual(["200 edition 0", "200 edition 1"]);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(sent);
});

test("so are those that are in flight to the old container when a deployer was killed before the switch and the next deploy does it", async () => {
  await using caddy = await startCaddy();
  await using site = openSite();
  await serve(site, caddy);
  await using proxies = await startCuttingProxies([engineUpstream()]);
  let running: Running | undefined;
  const renames = { kind: "like", request: /\/rename\?/, number: 1, side: "before" } as const;
  proxies.gate.arm(renames, () => running?.signal("SIGKILL"));
  site.write("Servicefile", file(1));
  const args = ["deploy", "-D", site.deployment, "--yes", "--router", caddy.router];
  running = site.start(args, { DOCKER_HOST: `tcp://${proxies.addresses[0]}` });
  expect((await running.ended).exitCode).toBeNull();
  expect(await site.axon(["unlock", "-D", site.deployment, "--yes"])).toExitWith(0);
  const slow = clientOf(caddy, 10, "/slow");
  const ended = await deploy(site, caddy, file(1));
  expect(ended).toExitWith(0);
  expect(ended.stdout).toMatch(/left over from a run that was cut short/);
  const { counts, sent } = await slow.stop();
  expect([...counts.keys()].sort()).toEqual(["200 edition 0", "200 edition 1"]);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(sent);
});
