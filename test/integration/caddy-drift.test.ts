import { get } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { startCaddy, type TestCaddy } from "../helpers/caddy.ts";

const SERVER = `require("node:http").createServer((asked, answer) => answer.end("site")).listen(80)`;
const OUTSIDE = "# changed outside of axon";

function file(domain: string): string {
  return `\
Deployment: site
Domains: {${domain}: "site:service"}
service: {image: axon-example/node:20, cmd: [node, -e, ${JSON.stringify(SERVER)}], ports: {http: 80}}
`;
}

let caddy: TestCaddy;
let site: Site;

beforeAll(async () => {
  caddy = await startCaddy();
  site = openSite();
  expect(await deploy(file("example.org").replace(/^Domains.*\n/m, ""))).toExitWith(0);
  await caddy.join(site.deployment);
  expect(await deploy(file("example.org"))).toExitWith(0);
});

afterAll(async () => {
  await caddy?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

function axon(command: string, ...more: readonly string[]) {
  return site.axon([command, "-D", site.deployment, "--router", caddy.router, ...more]);
}

async function deploy(text: string) {
  site.write("Servicefile", text);
  return await axon("deploy", "--yes");
}

/** Status and text of what Caddy answers to who asks for the domain. */
function ask(host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: caddy.httpPort, headers: { host }, agent: false };
    get(options, (answer) => {
      text(answer).then((body) => resolve(`${answer.statusCode} ${body}`), reject);
    }).on("error", reject);
  });
}

type Config = Readonly<Record<string, unknown>>;

/** What somebody else makes of Caddy's configuration, as text. */
async function changeConfig(map: (config: string) => string): Promise<void> {
  await caddy.setConfig(JSON.parse(map(JSON.stringify(await caddy.config()))) as Config);
}

test.for<[string, (config: string) => string, readonly string[]]>([
  [
    "its domain",
    (config) => config.replace('"example.org"', '"elsewhere.example.org"'),
    ["match/0/host/0: elsewhere.example.org -> example.org", OUTSIDE],
  ],
  [
    "where it leads",
    (config) => config.replace(/"name":"[^"]*-service-1"/, '"name":"attacker"'),
    ["~ example.org", OUTSIDE],
  ],
  [
    "how often it looks the name up",
    (config) => config.replace('"refresh":"300ms"', '"refresh":"1h"'),
    ["dynamic_upstreams/refresh: 1h -> (none)", OUTSIDE],
  ],
  ["all of it", () => "{}", ["+ example.org", "# was removed outside of axon"]],
])("a route of which somebody changes %s is shown and repaired", async ([, map, says]) => {
  const before = await caddy.config();
  await changeConfig(map);
  const plan = await axon("plan", "--detailed-exitcode");
  expect(plan).toExitWith(2);
  for (const part of says) expect(plan.stdout).toContain(part);
  expect(await axon("deploy", "--yes")).toExitWith(0);
  expect(await caddy.config()).toEqual(before);
  expect(await ask("example.org")).toBe("200 site");
  expect((await axon("plan")).stdout).toBe("No changes.\n");
});

test("a way back brings the route back", async () => {
  expect(await deploy(file("other.example.org"))).toExitWith(0);
  expect(await ask("other.example.org")).toBe("200 site");
  const back = await axon("rollback", "--yes");
  expect(back).toExitWith(0);
  expect(back.stdout).toContain("other.example.org");
  expect(await ask("example.org")).toBe("200 site");
  expect(JSON.stringify(await caddy.config())).not.toContain("other.example.org");
});
