import { expect, test } from "vitest";
import { openSite } from "../../helpers/axon.ts";
import { addresses, askDns } from "../../helpers/consul-catalogue.ts";
import { answering } from "../convergence/web-service.ts";

const WEB = `web: {image: "axon-example/busybox:1", cmd: ${JSON.stringify(answering("one"))}, ports: {http: 80}, scale: 2, healthcheck: {http: http, interval: 1s}}
client: {image: axon-example/sleeper}
`;

test("Consul's DNS answers the instances that pass, and follows one that gets another address", async () => {
  await using site = openSite(WEB);
  const name = `${site.deployment}-web`;
  await site.deploy();
  const ask = (type: "a" | "srv") => askDns(site, { from: "client", type, name });
  const at = await addresses(site);
  const [first = "", second = ""] = [1, 2].map((number) => at.get(`${name}-${number}`));
  await expect.poll(() => ask("srv")).toContain(`= 1 1 80 ${first}`);
  expect(await ask("srv")).toContain(`= 1 1 80 ${second}`);

  const before = new Map([
    [first, await addressOf(first)],
    [second, await addressOf(second)],
  ]);
  await site.docker.getContainer(second).stop({ t: 1 });
  await expect.poll(() => ask("srv"), { timeout: 20_000 }).not.toContain(second);
  expect(await ask("srv")).toContain(first);
  expect(await ask("a")).toContain(`Address: ${before.get(first)}`);

  // The engine gives the lowest free address: who had the higher one gets the other's.
  await site.docker.getContainer(first).stop({ t: 1 });
  const lastOctet = (id: string) => Number(before.get(id)?.split(".")[3]);
  for (const id of [first, second].toSorted((a, b) => lastOctet(b) - lastOctet(a))) {
    await site.docker.getContainer(id).start();
  }
  expect(await addressOf(first)).toBe(before.get(second));
  const one = () => askDns(site, { from: "client", type: "a", name: `1.${name}` });
  await expect.poll(one, { timeout: 20_000 }).toContain(`Address: ${before.get(second)}`);

  async function addressOf(id: string): Promise<string | undefined> {
    const { NetworkSettings } = await site.docker.getContainer(id).inspect();
    return NetworkSettings.Networks[site.deployment]?.IPAddress;
  }
});

test("two deployments with similar names are told apart", async () => {
  await using site = openSite(WEB);
  const other = site.sibling("web");
  await site.deploy();
  expect(await site.axon(["deploy", "-D", other, "--yes"])).toExitWith(0);
  const [own, others] = [await addresses(site), await addresses(site, other)];
  const ask = (name: string) => askDns(site, { from: "client", type: "srv", name });
  const ours = await ask(`${site.deployment}-web`);
  const theirs = await ask(`${other}-web`);
  for (const number of [1, 2]) {
    expect(ours).toContain(own.get(`${site.deployment}-web-${number}`));
    expect(theirs).toContain(others.get(`${other}-web-${number}`));
  }
  expect(await site.axon(["destroy", "-D", site.deployment, "--yes"])).toExitWith(0);
  expect((await site.axon(["deploy", "-D", other, "--yes"])).stdout).toBe("No changes.\n");
});
