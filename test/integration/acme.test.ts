import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request } from "node:https";
import { text as textOf } from "node:stream/consumers";
import Docker from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAuthority, type TestAuthority, untilCertified } from "../helpers/acme-authority.ts";
import { execIn, openSite, type Site } from "../helpers/axon.ts";
import { startCaddy } from "../helpers/caddy.ts";

const docker = new Docker();
const IMAGES = { AXON_CADDY_IMAGE: "axon-example/caddy:2" };
const SERVER = `require("node:http").createServer((asked, answer) => answer.end("hello" + asked.url)).listen(80)`;
const WEB = `web:
  image: axon-example/node:20
  cmd: [node, -e, ${JSON.stringify(SERVER)}]
  ports: {http: 80}
`;

let network: Docker.Network;
let authority: TestAuthority;

beforeAll(async () => {
  network = await docker.createNetwork({
    Name: `t${randomBytes(4).toString("hex")}-ca`,
    Labels: { "axon.test": process.env.AXON_TEST_RUN ?? "" },
  });
  authority = await startAuthority(network);
});

afterAll(async () => {
  await authority?.[Symbol.asyncDispose]();
  if (process.env.AXON_KEEP !== "1") await network?.remove();
});

/** Gives the domains to the router where the authority looks for them. */
function answerFor(domains: readonly string[], container: string): Promise<void> {
  return network.connect({ Container: container, EndpointConfig: { Aliases: [...domains] } });
}

async function get(domain: string, port: number, path: string) {
  const place = { host: "127.0.0.1", port, path, servername: domain, ca: authority.root };
  const asking = request({ ...place, headers: { host: domain }, agent: false }).end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  return { status: answer.statusCode, text: await textOf(answer) };
}

async function locationOf(domain: string, port: number, path: string) {
  const place = { host: "127.0.0.1", port, path, headers: { host: domain }, agent: false };
  const [answer] = (await once(requestPlain(place).end(), "response")) as [IncomingMessage];
  answer.resume();
  return answer.headers.location;
}

/** By Caddy's admin API, which only its own container reaches. */
async function setInside(container: string, id: string, value: string): Promise<void> {
  const body = ["--header", "Content-Type: application/json", "--post-data", JSON.stringify(value)];
  const url = `http://127.0.0.1:2019/id/${id}`;
  expect(await execIn(container, ["wget", "-q", "-O", "-", ...body, url])).toBe("");
}

async function upCaddy(site: Site, ...more: readonly string[]) {
  const ports = ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0"];
  const up = ["system", "up", "router", "--kind", "caddy", "--yes", ...ports, ...more];
  expect(await site.axon(up, IMAGES)).toExitWith(0);
  return `axon-${site.system}-caddy`;
}

/** Of this machine, which the engine has chosen. */
async function portOf(container: string, port: 80 | 443): Promise<number> {
  const { NetworkSettings } = await docker.getContainer(container).inspect();
  return Number(NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort);
}

test("a domain with acme gets a certificate of the authority that Axon's router was told, and answers with it", async () => {
  await using site = openSite(undefined, { ownStore: true });
  const domain = `${site.deployment}.test`;
  site.write("root.pem", authority.root);
  const named = ["--acme-server", authority.url, "--acme-root", "root.pem"];
  const router = await upCaddy(site, ...named, "--acme-email", "ops@example.org");
  await answerFor([domain], router);

  const file = (path: string) =>
    `Deployment: site\nDomains: {${domain}: {http: "site:web", path: ${path}, acme: true}}\n${WEB}`;
  await site.deploy(file("/"));
  // Two routes with one name, for which there is one certificate.
  site.write("Other", file("/other"));
  const other = ["deploy", "-f", "Other", "-D", site.sibling("other"), "--yes"];
  expect(await site.axon(other)).toExitWith(0);
  const port = await portOf(router, 443);
  expect(await untilCertified({ port, domain, root: authority.root })).toBe(`DNS:${domain}`);
  for (const path of ["/x", "/other/y"]) {
    expect(await get(domain, port, path)).toEqual({ status: 200, text: `hello${path}` });
  }
  expect(await locationOf(domain, await portOf(router, 80), "/x")).toBe(
    `https://${domain}:${port}/x`,
  );
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  const again = await site.axon(["system", "up", "router", "--yes"], IMAGES);
  expect(again.stdout).toBe("No changes.\n");

  await setInside(router, "axon-acme/issuers/0/email", "else@example.org");
  const repaired = await site.axon(["system", "up", "router"], IMAGES);
  expect(repaired).toExitWith(0);
  expect(repaired.stdout).toMatch(/acme.email: else@example.org -> ops@example.org +# changed out/);
  expect((await site.axon(["system", "up", "router"], IMAGES)).stdout).toBe("No changes.\n");

  // Its last configuration names a file, without which Caddy would not start.
  const usual = ["--acme-server", "", "--acme-email", ""];
  const back = await site.axon(["system", "up", "router", "--yes", ...usual], IMAGES);
  expect(back).toExitWith(0);
  expect(await get(domain, await portOf(router, 443), "/x")).toMatchObject({ status: 200 });
});

test("a Caddy of one's own goes on getting certificates from the authority in its own configuration", async () => {
  await using site = openSite();
  await using caddy = await startCaddy();
  const domain = `${site.deployment}.test`;
  const write = `cat > /root.pem <<'END'\n${authority.root}\nEND\n`;
  await execIn(caddy.id, ["sh", "-c", write]);
  const issuer = { module: "acme", ca: authority.url, trusted_roots_pem_files: ["/root.pem"] };
  const automation = { policies: [{ issuers: [issuer] }] };
  await caddy.setConfig({ apps: { tls: { automation } } });
  await answerFor([domain], caddy.id);

  site.write("Servicefile", WEB);
  const common = ["-D", site.deployment, "--router", caddy.router];
  expect(await site.axon(["deploy", "--yes", ...common])).toExitWith(0);
  await caddy.join(site.deployment);
  const domains = `Deployment: site\nDomains:\n  ${domain}: {http: "site:web", acme: true}\n`;
  site.write("Servicefile", `${domains}${WEB}`);
  expect(await site.axon(["deploy", "--yes", ...common])).toExitWith(0);

  const { httpsPort: port } = caddy;
  expect(await untilCertified({ port, domain, root: authority.root })).toBe(`DNS:${domain}`);
  expect(await get(domain, port, "/x")).toEqual({ status: 200, text: "hello/x" });
  expect((await site.axon(["plan", ...common])).stdout).toBe("No changes.\n");
  expect(await caddy.config()).toMatchObject({ apps: { tls: { automation } } });
});
