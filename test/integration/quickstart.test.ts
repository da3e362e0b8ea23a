import { readFileSync } from "node:fs";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";
import { freePort } from "../helpers/free-port.ts";

const FILE = readFileSync("fixtures/quickstart/Servicefile", "utf8");
const DOMAIN = "shop.example.org";

/** As curl --resolve asks. */
async function ask(port: number, auth?: string) {
  const headers = { host: `${DOMAIN}:${port}`, connection: "close" };
  return await new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const sent = get({ host: "127.0.0.1", port, headers, ...(auth && { auth }) }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode, body }), reject);
    });
    sent.once("error", reject);
  });
}

test("the quickstart's example answers on its domain to who knows the password, through a router of Axon's own", async () => {
  await using site = openSite(FILE, { ownStore: true });
  const [http, https] = [await freePort(), await freePort()];
  const ports = ["--http", `127.0.0.1:${http}`, "--https", `127.0.0.1:${https}`];
  const up = ["system", "up", "router", "--kind", "caddy", ...ports, "--yes"];
  expect(await site.axon(up, { AXON_CADDY_IMAGE: "axon-example/caddy:2" })).toExitWith(0);
  await site.deploy();

  expect(await ask(http)).toMatchObject({ status: 401 });
  expect(await ask(http, "guest:wrong")).toMatchObject({ status: 401 });
  const { status, body } = await ask(http, "guest:welcome");
  expect({ status, ...JSON.parse(body) }).toMatchObject({
    status: 200,
    branding: "Company Ltd.",
    deployment: site.deployment,
  });

  await site.deploy(FILE.replace("Company Ltd.", "Company Inc."));
  expect(JSON.parse((await ask(http, "guest:welcome")).body).branding).toBe("Company Inc.");
  expect((await site.deploy()).stdout).toBe("No changes.\n");

  expect(await site.axon(["destroy", "-D", site.deployment, "--volumes", "--yes"])).toExitWith(0);
  // With its last route the server goes, and nobody listens.
  await expect(ask(http, "guest:welcome")).rejects.toThrow(/hang up|ECONNRE/);
  expect(await site.axon(["destroy", "-D", site.system, "--volumes", "--yes"])).toExitWith(0);
  const filters = { label: [`io.axon.deployment=${site.system}`] };
  expect(await site.docker.listContainers({ all: true, filters })).toEqual([]);
});
