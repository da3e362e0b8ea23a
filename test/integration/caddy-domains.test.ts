import { once } from "node:events";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { startCaddy, type TestCaddy } from "../helpers/caddy.ts";
import { certificateFor, type KeyPair } from "../helpers/certificate.ts";

/** Tells each request by its path. */
const SERVER = `require("node:http").createServer((asked, answer) => answer.end(process.env.SELF + asked.url)).listen(80)`;

const service = (name: string) => `\
${name}:
  image: axon-example/node:20
  cmd: [node, -e, ${JSON.stringify(SERVER)}]
  ports: {http: 80}
  env: {SELF: ${name}}
`;

let caddy: TestCaddy;

beforeAll(async () => {
  caddy = await startCaddy();
});

afterAll(() => caddy?.[Symbol.asyncDispose]());

async function deploy(site: Site, domains: string, services = service("web")) {
  const common = ["-D", site.deployment, "--router", caddy.router];
  site.write("Servicefile", services);
  expect(await site.axon(["deploy", "--yes", ...common])).toExitWith(0);
  const { id } = caddy;
  const { Containers } = await site.docker.getNetwork(site.deployment).inspect();
  if (Containers?.[id] === undefined) await caddy.join(site.deployment);
  site.write("Servicefile", `Deployment: site\nDomains:\n${domains}${services}`);
  const done = await site.axon(["deploy", "--yes", ...common]);
  expect(done).toExitWith(0);
  expect((await site.axon(["plan", ...common])).stdout).toBe("No changes.\n");
  return done;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
  /** Of whom answered, encrypted. */
  readonly names: string | undefined;
}

interface Asked {
  readonly path?: string;
  readonly login?: string;
  readonly isSecure?: boolean;
}

/** Asks Caddy as a client that found it under that name. */
async function ask(
  host: string,
  { path = "/", login, isSecure = false }: Asked = {},
): Promise<Answer> {
  const options = {
    host: "127.0.0.1",
    port: isSecure ? caddy.httpsPort : caddy.httpPort,
    path,
    headers: { host },
    agent: false,
    ...(login === undefined ? {} : { auth: login }),
    ...(isSecure ? { servername: host, rejectUnauthorized: false } : {}),
  };
  const asking = (isSecure ? requestHttps : requestHttp)(options).end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const { socket } = response as unknown as {
    socket: { getPeerCertificate?(): { subjectaltname?: string } };
  };
  const names = socket.getPeerCertificate?.().subjectaltname;
  let text = "";
  for await (const chunk of response) text += chunk;
  const { statusCode: status = 0, headers } = response;
  return { status, text, location: headers.location, names };
}

function writePair(site: Site, name: string, { cert, key }: KeyPair): void {
  site.write(`${name}.pem`, cert);
  site.write(`${name}.key`, key);
}

test("a domain with a certificate answers encrypted, and sends everybody else there", async () => {
  await using site = openSite();
  writePair(site, "a", certificateFor("secure.example.org"));
  await deploy(
    site,
    '  secure.example.org: {http: "site:web", cert: a.pem, key: a.key}\n  plain.example.org: "site:web"\n',
  );
  expect(await ask("secure.example.org", { isSecure: true, path: "/x" })).toMatchObject({
    status: 200,
    text: "web/x",
    names: "DNS:secure.example.org",
  });
  expect(await ask("secure.example.org", { path: "/x?y=1" })).toMatchObject({
    status: 308,
    location: "https://secure.example.org/x?y=1",
  });
  expect(await ask("plain.example.org")).toMatchObject({ status: 200, text: "web/" });
});

test("another certificate is a change of the route, and its key is never shown", async () => {
  await using site = openSite();
  const domains = '  renewed.example.org: {http: "site:web", cert: a.pem, key: a.key}\n';
  writePair(site, "a", certificateFor("renewed.example.org", "first.example.org"));
  await deploy(site, domains);
  const next = certificateFor("renewed.example.org", "second.example.org");
  writePair(site, "a", next);
  const common = ["-D", site.deployment, "--router", caddy.router];
  const said = [
    await site.axon(["plan", ...common]),
    await site.axon(["plan", "--json", ...common]),
    await site.axon(["deploy", "--yes", ...common]),
  ];
  expect(said[0]?.stdout).toContain("renewed.example.org");
  const [secret = ""] = next.key.split("\n").slice(1);
  expect(JSON.stringify(said)).not.toContain(secret);
  const { names } = await ask("renewed.example.org", { isSecure: true });
  expect(names).toContain("second.example.org");
});

test("without a redirect, both answer, and both ask for the password", async () => {
  await using site = openSite();
  writePair(site, "a", certificateFor("*.both.example.org"));
  await deploy(
    site,
    '  "*.both.example.org": {http: "site:web", cert: a.pem, key: a.key, redirect: false, auth: {guest: welcome}, auth_mode: basic}\n',
  );
  for (const isSecure of [true, false]) {
    const host = "any.both.example.org";
    expect(await ask(host, { isSecure })).toMatchObject({ status: 401 });
    expect(await ask(host, { isSecure, login: "guest:wrong" })).toMatchObject({ status: 401 });
    expect(await ask(host, { isSecure, login: "guest:welcome" })).toMatchObject({ status: 200 });
  }
  expect(await ask("a.b.both.example.org")).toMatchObject({ status: 404 });
});

test("paths, those that images declare too, lead to their services, and a name wins over a wildcard", async () => {
  await using site = openSite();
  await deploy(
    site,
    '  "*.paths.example.org": "site:web"\n  a.paths.example.org: {http: "site:shop", path: /shop}\n  all.paths.example.org: site\n',
    `Config: {endpoints/keystone: "keystone.example.org:5000"}\n${service("web")}${service("shop")}legacy: {image: axon-example/legacy}\n`,
  );
  expect((await ask("a.paths.example.org", { path: "/shop/x" })).text).toBe("shop/shop/x");
  expect((await ask("b.paths.example.org", { path: "/shop/x" })).text).toBe("web/shop/x");
  expect(await ask("all.paths.example.org", { path: "/legacy/" })).toMatchObject({ status: 200 });
});

test("what Caddy cannot do is refused in the plan", async () => {
  await using site = openSite(
    `Deployment: site\nDomains:\n  a.example.org: {http: "site:web", auth: {guest: welcome}}\n  b.example.org: {tcp: "site:web"}\n${service("web")}`,
  );
  const { stderr, exitCode } = await site.axon([
    "plan",
    "-D",
    site.deployment,
    "--router",
    caddy.router,
  ]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("auth_mode: basic");
  expect(stderr).toContain("publish the port");
  expect(stderr).toContain("Servicefile:3:");
});

test("a deployment whose managed store is gone is destroyed with its routes", async () => {
  await using site = openSite(
    `Deployment: site\nDomains: {gone.example.org: "site:web"}\n${service("web")}`,
    { ownStore: true },
  );
  const common = ["-D", site.deployment, "--router", caddy.router, "--yes"];
  expect(await site.axon(["deploy", ...common])).toExitWith(0);
  expect(await configText(caddy)).toContain(`axon:${site.deployment}_gone.example.org`);
  expect(await site.axon(["destroy", "-D", site.system, "--yes"])).toExitWith(0);
  expect(await site.axon(["destroy", ...common])).toExitWith(0);
  expect(await configText(caddy)).not.toContain(`axon:${site.deployment}_gone.example.org`);
  expect(await site.containers()).toEqual([]);
});

/** Names what routes there are. */
async function configText(caddy: TestCaddy): Promise<string> {
  return JSON.stringify(await caddy.config());
}
