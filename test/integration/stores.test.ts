import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSite, type Site } from "../helpers/axon.ts";
import { traefikConfiguration } from "../helpers/decode-traefik.ts";
import { STORE_KINDS, type TestStore } from "../helpers/stores.ts";
import { HELD_JOB, letGo, startHeldDeploy } from "./convergence/held-run.ts";

const everything = ({ deployment }: Site, branding = "Company Ltd.") => `\
Deployment: everything
Env: {BRANDING: ${branding}, API_TOKEN: opensesame}
Config: {endpoints/keystone: "keystone.example.org:5000", greeting: hello}
Domains:
  ${deployment}.example.org: {http: everything:api, auth: {guest: welcome}}
api: {image: axon-example/nova}
job: {image: axon-example/sleeper, cmd: echo done, detach: false}
`;

describe.each(STORE_KINDS)("with $name as its store, a deployment", ({ start }) => {
  let store: TestStore;

  beforeAll(async () => {
    store = await start();
  });

  afterAll(() => store?.[Symbol.asyncDispose]());

  const axon = (site: Site, command: string, ...args: string[]) =>
    site.axon([command, "-D", site.deployment, "--kv", store.address, ...args]);

  const deploy = async (site: Site, text: string) => {
    site.write("Servicefile", text);
    const done = await axon(site, "deploy", "--yes");
    expect(done).toExitWith(0);
    return done;
  };

  /** What Traefik would have of the site's keys, as the store itself tells them. */
  const routing = async ({ deployment }: Site) => {
    const all = Object.entries(await store.keys("traefik/"));
    const own = all.filter(([key]) => key.includes(`/${deployment}_`));
    return traefikConfiguration(Object.fromEntries(own));
  };

  test("is prepared by its images, recorded, routed, and then there is nothing to do", async () => {
    await using site = openSite();
    await deploy(site, everything(site));
    const own = `axon/${site.deployment}`;
    const keys = await store.keys(`${own}/`);
    expect(keys).toMatchObject({
      [`${own}/config/greeting`]: "hello",
      [`${own}/config/nova/init-runs`]: "1",
      [`${own}/config/nova/db-sync-runs`]: "1",
      [`${own}/services/api/public`]: expect.stringMatching(/:8774$/),
      [`${own}/state/current`]: "1",
      [`${own}/state/lock`]: "",
      [`${own}/state/tasks/job`]: expect.stringContaining('"exitCode": 0'),
    });
    const routes = await store.keys("traefik/http/routers/");
    expect(Object.values(routes)).toContain(`Host(\`${site.deployment}.example.org\`)`);
    expect(JSON.stringify(keys)).not.toContain("opensesame");
    const { Config } = await site.inspect("api");
    const told = store.address.replace("consul://", "http://");
    expect(Config.Env).toContain(`CONFIG_URL=${told}`);

    const again = await axon(site, "deploy");
    expect(again).toMatchObject({ exitCode: 0, stdout: "No changes.\n", stderr: "" });
    expect(await store.keys(`${own}/`)).toEqual(keys);
  });

  test("has a history, and goes back in it", async () => {
    await using site = openSite();
    await deploy(site, everything(site));
    await deploy(site, everything(site, "Other Ltd."));
    const { Id, Config } = await site.inspect("api");
    expect(Config.Env).toContain("BRANDING=Other Ltd.");
    const { http } = await routing(site);
    const name = `${site.deployment}_${site.deployment}.example.org`;
    expect(Object.keys(http.routers)).toEqual([name]);
    const server = { url: `http://${Id.slice(0, 12)}:8774` };
    expect(http.services).toEqual({
      [http.routers[name]?.service ?? ""]: { loadbalancer: { servers: [server] } },
    });

    expect(await axon(site, "rollback", "1", "--yes")).toExitWith(0);
    expect((await site.inspect("api")).Config.Env).toContain("BRANDING=Company Ltd.");
    const { stdout } = await axon(site, "history", "--json");
    const { revisions } = JSON.parse(stdout) as { revisions: { number: number }[] };
    expect(revisions.map(({ number }) => number).sort()).toEqual([1, 2, 3]);
  });

  test("has its keys changed by hand, each change a revision, and goes back over them", async () => {
    await using site = openSite();
    const uses = `web: {image: axon-example/sleeper, env: {SIZE: "\${store.size:-none}"}}\n`;
    await deploy(site, uses);
    const kv = (...words: string[]) =>
      site.axon(["kv", ...words, "-D", site.deployment, "--kv", store.address]);
    expect(await kv("put", "size", "small", "--cas", "0")).toExitWith(0);
    const { version } = JSON.parse((await kv("get", "size", "--json")).stdout);
    expect(await kv("put", "size", "large", "--cas", version)).toExitWith(0);
    expect(await kv("put", "size", "late", "--cas", version)).toExitWith(8);
    const many = Array.from({ length: 150 }, (_, index) => `  many/k${index}: "${index}"\n`);
    site.write("keys.yaml", `format_version: "1.0"\nconfig:\n  size: large\n${many.join("")}`);
    expect(await kv("import", "keys.yaml")).toExitWith(0);
    expect((await kv("import", "keys.yaml")).stdout).toBe("No changes.\n");
    await deploy(site, uses);
    expect((await site.inspect("web")).Config.Env).toContain("SIZE=large");

    expect(await axon(site, "rollback", "2", "--yes")).toExitWith(0);
    const config = `axon/${site.deployment}/config/`;
    expect(await store.keys(config)).toEqual({ [`${config}size`]: "small" });
    const { stdout } = await kv("history", "size", "--json");
    const { history } = JSON.parse(stdout) as { history: { revision: number; value: string }[] };
    expect(history.map(({ revision, value }) => [revision, value])).toEqual([
      [6, "small"],
      [3, "large"],
      [2, "small"],
    ]);
  });

  test("is changed by one at a time, and its lock outlives whoever had it by seconds only", async () => {
    await using site = openSite(HELD_JOB);
    const env = { AXON_KV: store.address, AXON_LOCK_TTL: "2" };
    const holder = await startHeldDeploy(site, { ...env, AXON_USER: "ana" });
    const refused = await axon(site, "deploy", "--no-wait");
    expect(refused).toExitWith(7);
    expect(refused.stderr).toMatch(/error LOCK_HELD: \S+ is locked by ana@\S+ \(axon deploy/);

    const next = site.start(["deploy", "-D", site.deployment, "--yes"], env);
    await next.seen("waiting for ana@");
    holder.signal("SIGKILL");
    await holder.ended;
    await next.seen("job | holding");
    await letGo(site);
    expect(await next.ended).toExitWith(0);
  });

  test("goes on when its store is restarted while it deploys", async () => {
    await using site = openSite(HELD_JOB);
    const holder = await startHeldDeploy(site, { AXON_KV: store.address });
    await store.restart();
    await letGo(site);
    expect(await holder.ended).toExitWith(0);
    expect((await axon(site, "deploy")).stdout).toBe("No changes.\n");
  });

  test("leaves nothing of its own behind when it is destroyed", async () => {
    await using site = openSite();
    await deploy(site, everything(site));
    expect(await axon(site, "destroy", "--yes")).toExitWith(0);
    expect(await site.containers()).toEqual([]);
    expect(await store.keys(`axon/${site.deployment}/config`)).toEqual({});
    const routes = Object.keys(await store.keys("traefik/http/"));
    expect(routes.filter((key) => key.includes(site.deployment))).toEqual([]);
  });
});
