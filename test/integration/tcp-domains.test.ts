import { expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { certificateFor } from "../helpers/certificate.ts";
import { traefikConfiguration } from "../helpers/decode-traefik.ts";

const DOMAINS = `\
Domains:
  inside.example.org: {tcp: "site:broker:amqps"}
  ended.example.org: {tcp: "site:broker", cert: a.pem, key: a.key}
`;

function file(domains: string, edition: string): string {
  return `${domains}broker: {image: axon-example/sleeper, ports: {tcp: 5672, amqps: 5671}, env: {EDITION: "${edition}"}}\n`;
}

async function deploy(site: Site, text: string): Promise<void> {
  site.write("Servicefile", `Deployment: site\n${text}`);
  expect(await site.axon(["deploy", "-D", site.deployment, "--yes"])).toExitWith(0);
}

/** What the store itself says that Traefik would have for the site. */
async function decoded(site: Site) {
  const all = Object.entries(await site.keys("traefik/"));
  const own = all.filter(([key]) => key.includes(`/${site.deployment}_`));
  const { http, tcp, tls } = traefikConfiguration(Object.fromEntries(own));
  return { http, tcp, tls };
}

interface Wanted {
  readonly domain: string;
  readonly service: string;
  readonly server: string;
  readonly tls: object;
}

function configured(wanted: readonly Wanted[]) {
  const routers = wanted.map(({ domain, service, tls }) => {
    return [service.replace(/=v\d+$/, ""), { rule: `HostSNI(\`${domain}\`)`, service, tls }];
  });
  const services = wanted.map(({ service, server }) => {
    return [service, { loadbalancer: { servers: [{ address: server }] } }];
  });
  return { routers: Object.fromEntries(routers), services: Object.fromEntries(services) };
}

test("a tcp domain is what Traefik needs to pass connections on, follows its service, and goes", async () => {
  await using site = openSite();
  const { cert, key } = certificateFor("ended.example.org");
  site.write("a.pem", cert);
  site.write("a.key", key);
  const expected = async (list: string) => {
    const { Id } = await site.inspect("broker");
    const server = Id.slice(0, 12);
    const to = (domain: string) => ({ domain, service: `${site.deployment}_${domain}${list}` });
    return {
      http: undefined,
      tcp: configured([
        { ...to("inside.example.org"), server: `${server}:5671`, tls: { passthrough: "true" } },
        { ...to("ended.example.org"), server: `${server}:5672`, tls: {} },
      ]),
      tls: { certificates: [{ certfile: cert, keyfile: key }] },
    };
  };

  await deploy(site, file(DOMAINS, "1"));
  expect(await decoded(site)).toEqual(await expected(""));
  await deploy(site, file(DOMAINS, "2"));
  expect(await decoded(site)).toEqual(await expected("=v1"));
  await deploy(site, file("", "2"));
  const left = Object.keys(await site.keys("traefik/"));
  expect(left.filter((one) => one.includes(site.deployment))).toEqual([]);
});

test("a tcp domain that leads to another deployment appears when that is deployed, and stays", async () => {
  await using site = openSite(file("", "1"));
  const front = site.sibling("front");
  const domains = `Domains: {late.example.org: {tcp: "${site.deployment}:broker:amqps"}}\n`;
  site.write("front", `${domains}x: {image: axon-example/sleeper}\n`);
  const waits = await site.axon(["deploy", "front", "-D", front, "--yes"]);
  expect(waits).toExitWith(0);
  expect(waits.stdout).toContain("as soon as it is there");

  const address = async () =>
    Object.values(await site.keys(`traefik/tcp/services/${front}_late.example.org/`));
  expect(await address()).toEqual([]);
  await site.deploy();
  const made = await address();
  expect(made).toEqual([expect.stringMatching(`^${site.deployment}-broker.*:5671$`)]);
  const plan = await site.axon(["plan", "front", "-D", front]);
  expect(plan).toMatchObject({ exitCode: 0, stdout: "No changes.\n" });
  expect(await site.axon(["deploy", "front", "-D", front, "--yes"])).toExitWith(0);
  expect(await address()).toEqual(made);
});
