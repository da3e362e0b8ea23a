import { expect, test } from "vitest";
import { awaitHealth, execIn, openSite, type Site, storeUrl } from "../../helpers/axon.ts";
import { awaitCatalogue, catalogueOf } from "../../helpers/consul-catalogue.ts";

/** Well for who asks for that host, until a file says otherwise. It remembers what it told Consul. */
const PARTICULAR = `#!/bin/sh
answer="200 OK"
[ ! -e /ill ] || answer="500 Internal Server Error"
[ "$HTTP_HOST" = 127.0.0.1:8000 ] || answer="400 Bad Request"
case "$HTTP_USER_AGENT" in Consul*) echo "$answer" >>/told ;; esac
printf 'Status: %s\\r\\nContent-Type: text/plain\\r\\n\\r\\n' "$answer"
`;

const PATIENCE = { timeout: 30_000, interval: 50 };

function web(serve: string, more: string): string {
  const cmd = JSON.stringify(`trap 'exit 0' TERM; mkdir -p /www; ${serve} & wait`);
  return `web: {image: "axon-example/busybox:1", cmd: ${cmd}, ${more}}\n`;
}

async function statesOf(site: Site): Promise<readonly string[]> {
  const lines = await catalogueOf(await storeUrl(site.system), site.deployment);
  return [...new Set(lines.map((line) => line.replace(/^.* /, "")))];
}

test("Consul asks for the host that the engine asks for, and gives up after as many failures", async () => {
  await using site = openSite();
  site.write("health.sh", PARTICULAR);
  const health = "healthcheck: {http: http/cgi-bin/health, interval: 1s, timeout: 3s, retries: 3}";
  const files = "files: {/www/cgi-bin/health: {name: health, mode: 0755}}";
  const serve = "httpd -f -p 8000 -h /www";
  const service = web(serve, `ports: {http: 8000}, ${health}, ${files}`);
  await site.deploy(`Files: {health: {file: health.sh}}\n${service}`);
  const name = `${site.deployment}-web-1`;
  const told = () => execIn(name, ["cat", "/told"]);
  await expect.poll(told, PATIENCE).toContain("200 OK");
  await execIn(name, ["touch", "/ill"]);
  await expect.poll(() => statesOf(site), PATIENCE).toEqual(["critical"]);
  expect((await told()).split("500").length - 1).toBeGreaterThanOrEqual(3);
  await execIn(name, ["rm", "/ill"]);
  await expect.poll(() => statesOf(site), PATIENCE).toEqual(["passing"]);
});

test("who is healthy for the engine and critical in Consul is a notice of every plan, until that is mended", async () => {
  await using site = openSite();
  const { deployment } = site;
  const health =
    "healthcheck: {http: {port: 9000, path: /}, interval: 1s, timeout: 3s, retries: 2}";
  const file = (address: string) =>
    web(
      `echo one >/www/index.html; httpd -p ${address}9000 -h /www; httpd -f -h /www`,
      `ports: {http: 80}, ${health}`,
    );
  await site.deploy(file("127.0.0.1:"));
  await expect.poll(() => statesOf(site), PATIENCE).toEqual(["critical"]);
  await awaitHealth(site, "web", "healthy");
  const { stdout } = await site.axon(["plan", "-D", deployment]);
  expect(stdout).toMatch(/^No changes\.\n/);
  expect(stdout).toContain(
    `note: Consul finds ${deployment}-web-1 critical right now, and the engine healthy: `,
  );
  expect(stdout).toContain(`nobody is led there by ${deployment}-web, ${deployment}-web-http\n`);
  expect((await site.deploy(file(""))).stdout).not.toContain("note:");
  await awaitCatalogue(site, (at) => {
    const place = `${at.get(`${deployment}-web-1`)}:80 passing`;
    return [
      `${deployment}-web#axon:${deployment}:web:1: ${place}`,
      `${deployment}-web-http#axon:${deployment}:web:http:1: ${place}`,
    ];
  });
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});
