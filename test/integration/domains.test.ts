import { createHash } from "node:crypto";
import { compareSync } from "bcryptjs";
import { expect, test } from "vitest";
import { execIn, openSite, type Site } from "../helpers/axon.ts";
import { HELD_JOB, letGo, startHeldDeploy } from "./convergence/held-run.ts";

const WEBSITE = "website: {image: rock77/website, cmd: /bin/runserver}\n";
const withDomains = (domains: string) => `Deployment: site\nDomains:\n  ${domains}\n${WEBSITE}`;

/** The keys of one route, without what is the same in all of them. */
async function routeKeys(site: Site, name: string): Promise<Record<string, string>> {
  const keys = await site.keys("traefik/http/");
  const own = Object.entries(keys).filter(([key]) => key.includes(`/${site.deployment}_${name}`));
  return Object.fromEntries(own.map(([key, value]) => [key.slice("traefik/http/".length), value]));
}

/** The domains and paths that the store says are the site's. */
async function claims(site: Site): Promise<readonly string[]> {
  const root = "traefik/axon/claims/";
  const all = Object.entries(await site.keys(root));
  const own = all.filter(([, deployment]) => deployment === site.deployment);
  return own.map(([key]) => key.slice(root.length)).sort();
}

test("a domain becomes a router and a service in Traefik's layout", async () => {
  await using site = openSite(withDomains('example.org: "site:website"'));
  await site.deploy();
  const route = `${site.deployment}_example.org`;
  const keys = await routeKeys(site, "example.org");
  const { Id } = await site.inspect("website");
  const url = keys[`services/${route}/loadbalancer/servers/0/url`];
  expect(keys).toEqual({
    [`routers/${route}/rule`]: "Host(`example.org`)",
    [`routers/${route}/service`]: route,
    [`services/${route}/loadbalancer/servers/0/url`]: `http://${Id.slice(0, 12)}:8000`,
  });
  const page = await execIn(`${site.deployment}-website-1`, ["wget", "-q", "-O", "-", `${url}/`]);
  expect(page).toContain("website 1");
});

test("users of a domain are written as digests of user, realm and password", async () => {
  await using site = openSite(
    withDomains("example.org: {http: site:website, auth: {guest: welcome, admin: secret}}"),
  );
  const { stdout, stderr } = await site.deploy();
  const route = `${site.deployment}_example.org`;
  const digest = (user: string, password: string) =>
    `${user}:protected:${createHash("md5").update(`${user}:protected:${password}`).digest("hex")}`;
  expect(await routeKeys(site, "example.org")).toMatchObject({
    [`routers/${route}/middlewares/0`]: `${route}_auth`,
    [`middlewares/${route}_auth/digestauth/realm`]: "protected",
    [`middlewares/${route}_auth/digestauth/users/0`]: digest("admin", "secret"),
    [`middlewares/${route}_auth/digestauth/users/1`]: digest("guest", "welcome"),
  });
  expect(stdout + stderr).not.toContain("welcome");
});

test("auth_mode basic writes bcrypt hashes, which a second deploy does not change", async () => {
  await using site = openSite(
    withDomains("example.org: {http: site:website, auth: {guest: welcome}, auth_mode: basic}"),
  );
  await site.deploy();
  const route = `${site.deployment}_example.org`;
  const keys = await routeKeys(site, "example.org");
  expect(keys[`middlewares/${route}_auth/basicauth/realm`]).toBe("protected");
  const line = keys[`middlewares/${route}_auth/basicauth/users/0`] ?? "";
  expect(line).toMatch(/^guest:\$2y\$/);
  expect(compareSync("welcome", line.slice("guest:".length))).toBe(true);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("neither a password nor its hash is ever on the screen", async () => {
  await using site = openSite();
  const file = (password: string) =>
    withDomains(`example.org: {http: site:website, auth: {guest: ${password}}}`);
  const said = [await site.deploy(file("welcome-1"))];
  site.write("Servicefile", file("welcome-2"));
  said.push(await site.axon(["plan", "-D", site.deployment]));
  said.push(await site.axon(["plan", "-D", site.deployment, "--json"]));
  expect(said[1]?.stdout).toContain("(sensitive, changed)");
  said.push(await site.deploy());
  said.push(await site.axon(["status", "-D", site.deployment, "--json"]));
  expect(JSON.stringify(said)).not.toMatch(/welcome-[12]/);
  expect(JSON.stringify(said)).not.toMatch(/protected:[0-9a-f]{32}/);
});

test("a path limits a domain, and longer paths are routes of their own", async () => {
  await using site = openSite(
    withDomains(
      'example.org: {http: "site:website", path: /shop}\n  "*.example.org": site:website',
    ),
  );
  await site.deploy();
  const rules = Object.values(await routeKeys(site, "")).filter((value) => /^Host/.test(value));
  expect(rules.sort()).toEqual([
    "Host(`example.org`) && PathPrefix(`/shop`)",
    expect.stringMatching(/^HostRegexp\(/),
  ]);
});

test("a domain that names only the deployment leads to every port with a URL path, rewritten as declared", async () => {
  await using site = openSite(`\
Deployment: site
Config: {endpoints/keystone: "keystone.example.org:5000"}
Domains: {example.org: site}
api: {image: axon-example/nova}
legacy: {image: axon-example/legacy}
`);
  await site.deploy();
  const keys = await routeKeys(site, "example.org");
  const rules = Object.entries(keys).filter(([key]) => key.endsWith("/rule"));
  expect(rules.map(([, rule]) => rule).sort()).toEqual([
    "Host(`example.org`) && PathPrefix(`/compute`)",
    "Host(`example.org`) && PathPrefix(`/legacy`)",
  ]);
  const prefixes = Object.entries(keys).filter(([key]) => key.includes("/stripprefix/"));
  expect(prefixes.map(([, prefix]) => prefix).sort()).toEqual(["/compute", "/legacy"]);
});

test("a route that was edited by hand is shown and repaired", async () => {
  await using site = openSite(withDomains('example.org: "site:website"'));
  await site.deploy();
  const before = await routeKeys(site, "example.org");
  const route = `${site.deployment}_example.org`;
  await site.putKey(`traefik/http/routers/${route}/rule`, "Host(`evil.example`)");
  await site.deleteKey(`traefik/http/services/${route}/loadbalancer/servers/0/url`);
  await site.putKey(`traefik/http/routers/${route}/entrypoints/0`, "extra");

  const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
  expect(plan).toExitWith(2);
  expect(plan.stdout).toContain("evil.example");
  await site.deploy();
  // The list of servers was touched, so there is a new one.
  const after = await routeKeys(site, "example.org");
  const renamed = JSON.stringify(after).replaceAll(`${route}=v1`, route);
  expect(JSON.parse(renamed)).toEqual(before);
});

test("a domain that is taken out of the file leaves nothing of its route behind", async () => {
  await using site = openSite();
  const kept = "kept.example.org: site:website";
  await site.deploy(
    withDomains(`${kept}\n  example.org: {http: site:website, path: /a, auth: {guest: welcome}}`),
  );
  const before = await routeKeys(site, "kept.example.org");
  await site.deploy(withDomains(kept));
  expect(await routeKeys(site, "example.org")).toEqual({});
  expect(await routeKeys(site, "")).toEqual(before);
  expect(await claims(site)).toEqual(["kept.example.org"]);
  await site.deploy(WEBSITE);
  expect(await routeKeys(site, "")).toEqual({});
  expect(await claims(site)).toEqual([]);
});

test("routes of others are not touched", async () => {
  await using site = openSite(withDomains('example.org: "site:website"'));
  await site.deploy();
  const theirs = `traefik/http/routers/${site.deployment}-2_theirs.example.org/rule`;
  await site.putKey(theirs, "Host(`theirs`)");
  await site.putKey("traefik/http/routers/dashboard/rule", "Host(`dashboard`)");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  await site.deploy(WEBSITE);
  expect(await site.keys("traefik/http/")).toMatchObject({
    [theirs]: "Host(`theirs`)",
    "traefik/http/routers/dashboard/rule": "Host(`dashboard`)",
  });
  await site.deleteKey(theirs);
});

test("a domain may lead to a service of another deployment", async () => {
  await using site = openSite(WEBSITE);
  await site.deploy();
  const other = site.sibling("front");
  site.write(
    "front",
    `Domains: {example.org: "${site.deployment}:website"}\nx: {image: axon-example/sleeper}\n`,
  );
  expect(await site.axon(["deploy", "front", "-D", other])).toExitWith(0);
  const keys = await site.keys(`traefik/http/services/${other}_example.org/`);
  expect(Object.values(keys)).toEqual([
    expect.stringMatching(new RegExp(`^http://${site.deployment}-website.*:8000$`)),
  ]);
});

test("a domain that two deployments want is the first one's, and the second is told whose", async () => {
  await using site = openSite(withDomains('taken.example.org: "site:website"'));
  await site.deploy();
  const other = site.sibling("other");
  const file = (path: string) =>
    `Domains: {TAKEN.example.org: {http: "${other}:web", path: ${path}}}\nweb: {image: rock77/website, cmd: /bin/runserver}\n`;
  site.write("other", file("/"));
  const refused = await site.axon(["plan", "other", "-D", other]);
  expect(refused).toExitWith(3);
  expect(refused.stderr).toContain(
    `taken.example.org belongs to the deployment ${site.deployment}, and cannot be ${other}'s, too`,
  );
  expect(refused.stderr).toContain("DOMAIN_CLAIMED");
  expect(refused.stderr).toContain("other:1:");
  site.write("other", file("/other"));
  expect(await site.axon(["deploy", "other", "-D", other, "--yes"])).toExitWith(0);
});

test("a key of somebody else that spoils all routes is named in the plan, also of a way back and of the removal of the last domain", async () => {
  await using site = openSite();
  await site.deploy(WEBSITE);
  site.write("Servicefile", withDomains('example.org: "site:website"'));
  const bad = `traefik/http/routers/${site.deployment}-theirs/rules`;
  await site.putKey(bad, "Host(`theirs`)");
  try {
    const named = `${bad} is nothing that Traefik knows`;
    const plan = await site.axon(["plan", "-D", site.deployment]);
    expect(plan.stdout + plan.stderr).toContain(named);
    await site.deploy();
    // The last domain goes: what would not hear of it is the router.
    expect((await site.deploy(WEBSITE)).stdout).toContain(named);
    expect((await site.axon(["plan", "-D", site.deployment])).stdout).not.toContain(named);
    const back = await site.axon(["rollback", "2", "-D", site.deployment, "--yes"]);
    expect(back).toExitWith(0);
    expect(back.stdout).toContain(named);
    const gone = await site.axon(["destroy", "-D", site.deployment, "--yes"]);
    expect(gone).toExitWith(0);
    expect(gone.stdout).toContain(named);
  } finally {
    await site.deleteKey(bad);
  }
});

test("a domain whose service is not there yet appears when that is deployed", async () => {
  await using site = openSite(WEBSITE);
  const front = site.sibling("front");
  const file = `Domains: {late.example.org: {http: "${site.deployment}:website", auth: {guest: welcome}}}\nx: {image: axon-example/sleeper}\n`;
  site.write("front", file);
  const waits = await site.axon(["deploy", "front", "-D", front, "--yes"]);
  expect(waits).toExitWith(0);
  expect(waits.stdout).toContain("as soon as it is there");
  expect((await site.axon(["plan", "front", "-D", front])).stdout).toMatch(/^No changes\./m);

  const { stdout } = await site.deploy();
  expect(stdout).toContain("late.example.org");
  expect(stdout).not.toContain("welcome");
  const keys = await site.keys("traefik/");
  const route = `${front}_late.example.org`;
  expect(keys).toMatchObject({
    [`traefik/http/routers/${route}/rule`]: "Host(`late.example.org`)",
    [`traefik/http/middlewares/${route}_auth/digestauth/users/0`]: expect.stringMatching(/^guest:/),
  });
  expect(Object.keys(keys).filter((key) => key.includes("/pending/"))).toEqual([]);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  expect((await site.axon(["plan", "front", "-D", front])).stdout).toBe("No changes.\n");
});

test("a rollback to when a domain still waited keeps it, for its service is there by now", async () => {
  await using site = openSite(WEBSITE);
  const front = site.sibling("front");
  const file = (memory: string) =>
    `Domains: {late.example.org: "${site.deployment}:website"}\nx: {image: axon-example/sleeper, memory: ${memory}}\n`;
  const deployFront = async (memory: string) => {
    site.write("front", file(memory));
    expect(await site.axon(["deploy", "front", "-D", front, "--yes"])).toExitWith(0);
  };
  await deployFront("61m");
  await site.deploy();
  await deployFront("62m");
  const route = await site.keys(`traefik/http/routers/${front}_late.example.org/`);
  expect(Object.keys(route)).not.toEqual([]);

  const back = await site.axon(["rollback", "1", "-D", front, "--yes"]);
  expect(back).toExitWith(0);
  expect(back.stdout).not.toContain("late.example.org");
  expect(await site.keys(`traefik/http/routers/${front}_late.example.org/`)).toEqual(route);
  expect((await site.axon(["rollback", "1", "-D", front])).stdout).toMatch(/^No changes\.$/m);
});

test("a domain that began to wait while its service was being deployed is made by that deploy", async () => {
  await using site = openSite(`${HELD_JOB}${WEBSITE}`);
  const front = site.sibling("front");
  site.write(
    "front",
    `Domains: {late.example.org: "${site.deployment}:website"}\nx: {image: axon-example/sleeper}\n`,
  );
  const held = await startHeldDeploy(site);
  expect(await site.axon(["deploy", "front", "-D", front, "--yes"])).toExitWith(0);
  const pending = `traefik/axon/pending/${site.deployment}/`;
  expect(Object.keys(await site.keys(pending))).toHaveLength(1);
  await letGo(site);
  expect(await held.ended).toExitWith(0);

  expect(await site.keys("traefik/")).toMatchObject({
    [`traefik/http/routers/${front}_late.example.org/rule`]: "Host(`late.example.org`)",
  });
  expect(await site.keys(pending)).toEqual({});
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});
