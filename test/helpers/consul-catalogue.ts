import { vi } from "vitest";
import { execIn, type Site, storeToken, storeUrl } from "./axon.ts";
import { once } from "./once.ts";

interface HealthEntry {
  readonly Service: {
    readonly ID: string;
    readonly Service: string;
    readonly Address: string;
    readonly Port: number;
  };
  readonly Checks: readonly { readonly ServiceID: string; readonly Status: string }[];
}

/** `name#id: address:port status`, of all names that begin as the deployment's do; sorted. As Consul itself tells. */
export async function catalogueOf(url: string, deployment: string): Promise<readonly string[]> {
  const names = Object.keys(await ask<object>(`${url}/v1/catalog/services`));
  const found = await Promise.all(
    names
      .filter((name) => name.startsWith(`${deployment}-`))
      .map((name) => ask<readonly HealthEntry[]>(`${url}/v1/health/service/${name}`)),
  );
  return found.flat().map(line).sort();
}

function line({ Service: { ID, Service, Address, Port }, Checks }: HealthEntry): string {
  const states = Checks.filter(({ ServiceID }) => ServiceID === ID).map(({ Status }) => Status);
  const worst = states.find((state) => state !== "passing") ?? states[0];
  return `${Service}#${ID}: ${Address}:${Port} ${worst ?? "unchecked"}`;
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url, once());
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Tells Consul's agent something behind Axon's back. */
export async function tellAgent(site: Site, path: string, body?: object): Promise<void> {
  const url = await storeUrl(site.system);
  const response = await fetch(`${url}/v1/agent/service/${path}`, {
    ...once(await storeToken(site.system)),
    method: "PUT",
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** What the managed store's catalogue has of it, as soon as it is what is expected, else in the end. */
export async function awaitCatalogue(
  site: Site,
  expected: (ids: ReadonlyMap<string, string>) => readonly string[],
  deployment = site.deployment,
): Promise<void> {
  const url = await storeUrl(site.system);
  await vi.waitFor(
    async () => {
      const wanted = expected(await addresses(site, deployment));
      const found = await catalogueOf(url, deployment);
      if (JSON.stringify(found) !== JSON.stringify([...wanted].sort())) {
        throw new Error(`the catalogue has\n${found.join("\n")}\nand not\n${wanted.join("\n")}`);
      }
    },
    { timeout: 30_000, interval: 100 },
  );
}

/** By container name: under which name containers find it on their networks. */
export async function addresses(
  site: Site,
  deployment = site.deployment,
): Promise<ReadonlyMap<string, string>> {
  const containers = await site.containers(deployment);
  return new Map(containers.map(({ Names, Id }) => [Names[0]?.slice(1) ?? "", Id.slice(0, 12)]));
}

/** What Consul's DNS says, asked from a container of the site; without what it says of itself. */
export async function askDns(
  site: Site,
  {
    from,
    type,
    name,
  }: { readonly from: string; readonly type: "a" | "srv"; readonly name: string },
): Promise<string> {
  const text = await execIn(`${site.deployment}-${from}-1`, [
    "nslookup",
    `-type=${type}`,
    `${name}.service.consul`,
    "consul:8600",
  ]);
  return text.replaceAll("\r", "").split("\n\n").slice(1).join("\n").trim();
}
