import { expect, test } from "vitest";
import { openSite, type Site } from "../../helpers/axon.ts";
import { freePort } from "../../helpers/free-port.ts";
import { untilReady } from "../../helpers/until-ready.ts";

/**
 * Answers with its edition once it is warm, and before that with 503. When it is told to stop, it takes no
 * new connection, and goes on for seconds with what it has.
 */
const SERVER = `
  const server = require("node:http").createServer((request, answer) => {
    const isWarm = process.uptime() > 2;
    answer.writeHead(isWarm ? 200 : 503, { connection: "close" });
    answer.end(isWarm ? process.env.EDITION : "cold");
  }).listen(80);
  process.on("SIGTERM", () => server.close(() => setTimeout(() => process.exit(0), 3000)));
`;

/**
 * Asks every 20 ms, with a new connection each time, and counts what it got. An engine's DNS names the old
 * container, too, until that has ended: who is refused at one address takes the next, as HTTP clients do. There is no
 * second try.
 */
const CALLER = `
  const http = require("node:http");
  const { lookup } = require("node:dns/promises");
  const counts = {};
  const note = (what) => { counts[what] = (counts[what] ?? 0) + 1; };
  const get = (host) => new Promise((resolve, reject) => {
    http.get({ host, agent: false, timeout: 10000 }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => { text += chunk; }).on("end", () => resolve(answer.statusCode + " " + text));
    }).on("timeout", function () { this.destroy(new Error("timeout")); }).on("error", reject);
  });
  const ask = async () => {
    let problem;
    for (const { address } of await lookup("service", { all: true, family: 4 })) {
      try { return await get(address); } catch (error) { problem = error; }
    }
    throw problem;
  };
  setInterval(() => ask().then(note, (error) => note("failed: " + (error.code ?? error.message))), 20);
  setInterval(() => console.log(JSON.stringify(counts)), 100);
`;

const HEALTH = `healthcheck: {test: [CMD, node, -e, "fetch('http://127.0.0.1/').then(({ ok }) => process.exit(ok ? 0 : 1))"], interval: 300ms, timeout: 20s, retries: 200}`;

function file(edition: string, more = ""): string {
  return `\
caller: {image: "axon-example/node:20", cmd: [node, -e, ${JSON.stringify(CALLER)}], require: {service: healthy}}
service:
  {image: "axon-example/node:20", cmd: [node, -e, ${JSON.stringify(SERVER)}],
   env: {EDITION: ${edition}}, ${HEALTH}${more}}
`;
}

/** What the caller has got up to now, by answer or error. */
async function counts({ docker, deployment }: Site): Promise<Record<string, number>> {
  const container = docker.getContainer(`${deployment}-caller-1`);
  const log = await container.logs({ stdout: true, tail: 1 });
  // Eight bytes of each frame say how long it is.
  return JSON.parse(log.subarray(8).toString() || "{}");
}

async function until(site: Site, isThere: (counts: Record<string, number>) => boolean) {
  let seen: Record<string, number> = {};
  const isCounted = async () => {
    seen = await counts(site);
    return isThere(seen);
  };
  if (!(await untilReady(isCounted))) throw new Error(`so far: ${JSON.stringify(seen)}`);
  return seen;
}

test("who calls a service by its alias every 20 ms notices nothing while it is replaced start-first", async () => {
  await using site = openSite(file("one"));
  await site.deploy();
  await until(site, (seen) => (seen["200 one"] ?? 0) > 50);
  const plan = await site.deploy(file("two"));
  expect(plan.stdout).toMatch(/^ *\+\/- service +replace, start-first/m);
  const seen = await until(site, (counted) => (counted["200 two"] ?? 0) > 50);
  expect(Object.keys(seen).sort()).toEqual(["200 one", "200 two"]);
});

test("with a fixed host port the plan says that the old one stops first, and why", async () => {
  const port = await freePort();
  const publish = `, publish: {"127.0.0.1:${port}": 80}`;
  await using site = openSite(file("one", publish));
  await site.deploy();
  site.write("Servicefile", file("two", publish));
  const { stdout } = await site.axon(["plan", "-D", site.deployment]);
  const [line] = stdout.match(/^ *-\/\+ service +.+$/m) ?? [];
  expect(line).toMatch(/replace, stop-first +# only one container can have host port \d+$/);
  expect(line).toContain(String(port));
});

test("a new container that is not healthy has no alias by which others find it", async () => {
  await using site = openSite(file("one"));
  await site.deploy();
  const never = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)";
  site.write(
    "Servicefile",
    `\
caller: {image: "axon-example/node:20", cmd: [node, -e, ${JSON.stringify(CALLER)}], require: {service: healthy}}
service:
  {image: "axon-example/node:20", cmd: [node, -e, ${JSON.stringify(never)}], update: {timeout: 8s},
   env: {EDITION: two}, ${HEALTH}}
`,
  );
  const deploy = site.start(["deploy", "-D", site.deployment, "--yes"]);
  const next = site.docker.getContainer(`${site.deployment}-service-1-next`);
  await deploy.seen("service");
  const { NetworkSettings } = await inspectWhenThere(next);
  const aliases = Object.values(NetworkSettings.Networks).flatMap(({ Aliases }) => Aliases ?? []);
  expect(aliases).not.toContain("service");
  expect(await deploy.ended).toExitWith(5);
  const seen = await until(site, (counted) => (counted["200 one"] ?? 0) > 50);
  expect(Object.keys(seen)).toEqual(["200 one"]);
});

async function inspectWhenThere(container: ReturnType<Site["docker"]["getContainer"]>) {
  let found: Awaited<ReturnType<typeof container.inspect>> | undefined;
  const isThere = async () => {
    found = await container.inspect().catch(() => undefined);
    return found?.State.Running === true;
  };
  const isSeen = await untilReady(isThere);
  if (!isSeen || found === undefined) throw new Error("the new container does not come to run");
  return found;
}
