import { afterAll, beforeAll, expect, test } from "vitest";
import { execIn, openSite, type Site } from "../helpers/axon.ts";
import { createImage, type TestImage } from "../helpers/test-image.ts";

/** In Traefik's place, which is of no Debian: reads the store as Traefik is told to, and is healthy when it may. */
const STAND_IN = `cat > /bin/traefik <<'END'
#!/bin/sh
token=$TRAEFIK_PROVIDERS_CONSUL_TOKEN
status() {
  wget -S -q -O /dev/null --header "X-Consul-Token: $token" "http://$TRAEFIK_PROVIDERS_CONSUL_ENDPOINTS/v1/kv/$1" 2>&1 |
    sed -n 's,.*HTTP/1.1 \\([0-9]*\\).*,\\1,p'
}
case $1 in
  status) status "$2" ;;
  healthcheck) [ "$(status traefik/axon?recurse)" != 403 ] ;;
  *) trap 'exit 0' TERM; while :; do sleep 1 & wait; done ;;
esac
END
chmod 755 /bin/traefik`;

const POLICY = "acl/policy/name/axon_router";

let image: TestImage;

beforeAll(async () => {
  image = await createImage("axon-example/busybox:1", ["LABEL test=1"], STAND_IN);
});

afterAll(() => image?.[Symbol.asyncDispose]());

function system(site: Site, ...args: readonly string[]) {
  return site.axon(["system", ...args], { AXON_TRAEFIK_IMAGE: image.reference });
}

async function upTraefik(site: Site) {
  const ports = ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0"];
  const done = await system(site, "up", "router", "--kind", "traefik", "--yes", ...ports);
  expect(done).toExitWith(0);
  return done;
}

async function tokenOf(site: Site): Promise<string> {
  const { Config } = await site.docker.getContainer(`axon-${site.system}-traefik`).inspect();
  const variable = Config.Env.find((one) => one.startsWith("TRAEFIK_PROVIDERS_CONSUL_TOKEN="));
  return variable?.replace(/^[^=]*=/, "") ?? "";
}

function getInside(site: Site, key: string): Promise<string> {
  return execIn(`axon-${site.system}-traefik`, ["traefik", "status", key]);
}

async function policy(site: Site) {
  return (await (await site.askStore(POLICY)).json()) as { ID: string; Rules: string };
}

test("Traefik gets a token that reads routes and nothing else, as a line of the plan, and loses it when it goes", async () => {
  await using site = openSite(undefined, { ownStore: true });
  const made = await upTraefik(site);
  expect(made.stdout).toMatch(/\+ \S+ +create token/);
  expect(made.stdout).toContain("traefik/");
  const token = await tokenOf(site);
  expect(token).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.stringify(made)).not.toContain(token);

  await site.putKey("traefik/http/routers/x/rule", "Host(`x.example.org`)");
  await site.putKey("axon/shop/config/key", "secret");
  expect(await getInside(site, "traefik/?recurse")).toContain("200");
  expect(await getInside(site, "axon/shop/config/key")).toContain("403");
  expect((await system(site, "up", "router")).stdout).toBe("No changes.\n");

  const { ID, Rules } = await policy(site);
  const opened = JSON.stringify({ Name: "axon_router", Rules: 'key_prefix "" {policy = "write"}' });
  await site.askStore(`acl/policy/${ID}`, { method: "PUT", body: opened });
  expect((await system(site, "up", "router")).stdout).toContain("update token");
  expect(await policy(site)).toMatchObject({ Rules });

  const gone = await system(site, "down", "router", "--yes");
  expect(gone).toExitWith(0);
  expect(gone.stdout).toContain("remove token");
  expect((await site.askStore(POLICY)).status).toBe(403);
  expect((await site.askStore("kv/traefik/?recurse", { token })).status).toBe(403);
  expect((await system(site, "down", "router")).stdout).toBe("No changes.\n");
});

test("no token is given before the answer", async () => {
  await using site = openSite(undefined, { ownStore: true });
  await upTraefik(site);
  const token = await tokenOf(site);
  const self = await (await site.askStore("acl/token/self", { token })).json();
  const { AccessorID } = self as { AccessorID: string };
  await site.askStore(`acl/token/${AccessorID}`, { method: "DELETE" });

  const port = "127.0.0.2:0";
  const unanswered = await system(site, "up", "router", "--http", port);
  expect(unanswered).toExitWith(4);
  expect(unanswered.stdout).toContain("create token");
  expect((await site.askStore(`acl/token/${AccessorID}`)).status).toBe(403);

  expect(await system(site, "up", "router", "--http", port, "--yes")).toExitWith(0);
  expect(await tokenOf(site)).not.toBe(token);
  expect((await site.askStore(`acl/token/${AccessorID}`)).status).toBe(200);
});
