import { once, setMaxListeners } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RouteSpec } from "../../../src/model.ts";
import type { CaddyListener } from "../../../src/router/caddy/caddy-listener.ts";
import { caddyRouter, observeCaddy } from "../../../src/router/caddy/caddy-router.ts";
import { routeName } from "../../../src/routing/route-name.ts";
import { Secret } from "../../../src/secret.ts";
import { route } from "../../helpers/build.ts";
import { startCaddy, startCaddyOnSocket, type TestCaddy } from "../../helpers/caddy.ts";
import { certificateFor } from "../../helpers/certificate.ts";

const { signal } = new AbortController();
setMaxListeners(50, signal);
let caddy: TestCaddy;

beforeAll(async () => {
  caddy = await startCaddy();
});

beforeEach(async () => {
  await caddy.setConfig({});
});

afterAll(() => caddy?.[Symbol.asyncDispose]());

function router() {
  return caddyRouter(caddy.admin);
}

function leading(spec: RouteSpec, server = `${spec.name.split("_")[0]}-web-1:80`) {
  const target = { name: spec.name, spec, servers: [server], generation: 0 };
  return { ...target, from: undefined, isHealthy: true };
}

/** Says nothing on the first connection, and leads each later one to that port of this machine. */
async function deafOnce(to: number): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    if (sockets.size > 1) pipeline(socket, connect(to, "127.0.0.1"), socket, () => {});
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function getThrough({ httpPort }: TestCaddy, path: string): Promise<string> {
  const headers = { host: "example.org" };
  const asking = get({ host: "127.0.0.1", port: httpPort, path, headers, agent: false });
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  return text(response);
}

async function namesOf(deployment: string): Promise<readonly string[]> {
  return Object.keys((await observeCaddy(caddy.admin, deployment, signal)).routes);
}

describe("a real Caddy", () => {
  test("has all routes that are made at once", async () => {
    const specs = Array.from({ length: 12 }, (_, at) => route(`shop_${at}.example.org`));
    await Promise.all(specs.map((spec) => router().switchTo(leading(spec), signal)));
    expect((await namesOf("shop")).toSorted()).toEqual(specs.map(({ name }) => name).toSorted());
  });

  test("keeps what somebody else changes meanwhile", async () => {
    const specs = Array.from({ length: 8 }, (_, at) => route(`shop_${at}.example.org`));
    const others = Array.from({ length: 8 }, (_, at) => ({
      "@id": `other-${at}`,
      listen: [`:${9000 + at}`],
    }));
    const patch = (at: number) =>
      caddy.put(`/config/apps/http/servers/other-${at}`, others[at] ?? {});
    await router().switchTo(leading(route("shop_first.example.org")), signal);
    await Promise.all([
      ...specs.map((spec) => router().switchTo(leading(spec), signal)),
      ...others.map((_, at) => patch(at)),
    ]);
    expect(await namesOf("shop")).toHaveLength(9);
    const { apps } = (await caddy.config()) as { apps: { http: { servers: object } } };
    expect(Object.keys(apps.http.servers).toSorted()).toEqual(
      ["axon", ...others.map((_, at) => `other-${at}`)].toSorted(),
    );
  });

  test("gives a domain to one of two deployments that want it at once, and says whose it is", async () => {
    const specs = ["one", "two"].map((name) => route(`${name}_both.example.org`));
    const told = await Promise.allSettled(
      specs.map((spec) => router().switchTo(leading(spec), signal)),
    );
    const refused = told.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused).toMatchObject([{ code: "DOMAIN_CLAIMED" }]);
    const [owner, other] = (await namesOf("one")).length === 1 ? ["one", "two"] : ["two", "one"];
    expect(String(refused[0])).toContain(
      `both.example.org belongs to the deployment ${owner}, and cannot be ${other}'s, too`,
    );
  });

  test("is found to lead elsewhere when somebody has changed it", async () => {
    const spec = route("shop_example.org");
    await router().switchTo(leading(spec), signal);
    await router().verify(leading(spec), signal);
    await router().switchTo(leading(spec, "10.9.9.9:1"), signal);
    await expect(router().verify(leading(spec), signal)).rejects.toMatchObject({
      code: "ROUTE_NOT_SWITCHED",
      message: "example.org leads to 10.9.9.9:1 and not to shop-web-1:80",
    });
  });

  test.for([
    ["shop_wildcard.example.org", "*.example.org leads nowhere"],
    ["shop_example.org_shop_a=5fb", "example.org/shop/a_b leads nowhere"],
  ] as const)("names %s as it stands in the file", async ([name, message]) => {
    await expect(router().verify(leading(route(name)), signal)).rejects.toThrow(message);
  });

  describe("is asked for the domain", () => {
    const listener: CaddyListener = async (port) => ({
      host: "127.0.0.1",
      port: port === 80 ? caddy.httpPort : caddy.httpsPort,
    });
    const asking = () => caddyRouter(caddy.admin, listener);
    const spec = route("shop_example.org_shop", { path: "/shop" });

    test("and delivers", async () => {
      // Its own admin API is a server that answers.
      const target = leading(spec, "127.0.0.1:2019");
      await asking().switchTo(target, signal);
      await asking().verify(target, signal);
    });

    test.for([
      ["/", "/a/b"],
      ["/größe/$1", "/gr%C3%B6%C3%9Fe/$1/a/b"],
    ] as const)(
      "under a path that is not ASCII, for which it asks %s",
      async ([rewrite, asked]) => {
        const place = { deployment: "shop", domain: "example.org", path: "/straße/日本" };
        const spec = route(routeName(place), { path: place.path, rewrite });
        const target = leading(spec, "127.0.0.1:9000");
        const tell = { handler: "static_response", body: "{http.request.uri}" };
        const servers = { tell: { listen: [":9000"], routes: [{ handle: [tell] }] } };
        await caddy.setConfig({ apps: { http: { servers } } });
        await asking().switchTo(target, signal);
        await asking().verify(target, signal);
        expect(await getThrough(caddy, encodeURI(`${place.path}/a/b`))).toBe(asked);
      },
    );

    test("and what it cannot deliver is a route that does not lead there", async () => {
      const target = leading(spec, "127.0.0.1:2020");
      await asking().switchTo(target, signal);
      await expect(asking().verify(target, signal)).rejects.toMatchObject({
        code: "ROUTE_NOT_SWITCHED",
        message:
          "example.org/shop is answered with 502 by Caddy itself: it does not reach 127.0.0.1:2020",
      });
      await asking().verify({ ...target, isHealthy: false }, signal);
    });

    test("again, where a connection that came with a change of its configuration gets no answer", async () => {
      const target = leading(spec, "127.0.0.1:2020");
      await asking().switchTo(target, signal);
      await using deaf = await deafOnce(caddy.httpPort);
      const listener = async () => ({ host: "127.0.0.1", port: deaf.port });
      const told = caddyRouter(caddy.admin, listener).verify(target, signal);
      await expect(told).rejects.toMatchObject({ code: "ROUTE_NOT_SWITCHED" });
    });

    test("encrypted, where it sends everybody there", async () => {
      const domain = "secure.example.org";
      const { cert, key } = certificateFor(domain);
      const tls = { kind: "certificate", certificate: cert, key: new Secret(key) } as const;
      const secure = route(`shop_${domain}`, { domain, tls, redirect: "https" });
      const good = leading(secure, "127.0.0.1:2019");
      await asking().switchTo(good, signal);
      await asking().verify(good, signal);
      const bad = leading(secure, "127.0.0.1:2020");
      await asking().switchTo(bad, signal);
      await expect(asking().verify(bad, signal)).rejects.toMatchObject({
        message: expect.stringContaining("secure.example.org is answered with 502 by Caddy itself"),
      });
    });

    test("and what it has no route for does not lead there either", async () => {
      const target = leading({ ...spec, domain: "elsewhere.example.org" }, "127.0.0.1:2019");
      await asking().switchTo(target, signal);
      await expect(asking().verify(target, signal)).rejects.toMatchObject({
        message: expect.stringContaining("is answered with 404 by Caddy itself"),
      });
    });
  });

  test("is told from its own pages, which are no admin API", async () => {
    const pages = { host: "127.0.0.1", port: caddy.httpPort };
    const tell = { handler: "static_response", body: "<!doctype html>" };
    const serve = (routes: object[]) =>
      caddy.setConfig({ apps: { http: { servers: { own: { listen: [":80"], routes } } } } });
    await serve([{ handle: [tell] }]);
    await expect(observeCaddy(pages, "shop", signal)).rejects.toMatchObject({
      code: "ROUTER_UNREACHABLE",
      message: `what answers at caddy://127.0.0.1:${caddy.httpPort} is not Caddy's admin API`,
    });
    await serve([{ handle: [{ handler: "static_response", status_code: 404 }] }]);
    await expect(observeCaddy(pages, "shop", signal)).rejects.toMatchObject({
      code: "ROUTER_REFUSED",
      hint: expect.stringContaining("AXON_ROUTER"),
    });
  });

  test("that cannot listen says how to share a port", async () => {
    await caddy.setConfig({ apps: { http: { servers: { own: { listen: [":80"] } } } } });
    const told = router().switchTo(leading(route("shop_example.org")), signal);
    await expect(told).rejects.toMatchObject({
      code: "ROUTER_REFUSED",
      hint: expect.stringContaining("call it axon"),
    });
  });

  test("is told by a socket, too", async () => {
    await using other = await startCaddyOnSocket();
    const target = leading(route("shop_example.org"));
    const told = caddyRouter(other.admin);
    await told.switchTo(target, signal);
    await told.verify(target, signal);
    await told.awaitDrained({ ...target, atMostSeconds: 2 }, signal);
    const { routes } = await observeCaddy(other.admin, "shop", signal);
    expect(Object.keys(routes)).toEqual([target.name]);
    await told.remove(target.name, signal);
    expect((await observeCaddy(other.admin, "shop", signal)).routes).toEqual({});
    expect(await namesOf("shop")).toEqual([]);
  });

  test("has nothing of a route that was removed, and everything of the others", async () => {
    const [first, second] = [route("shop_a.example.org"), route("shop_b.example.org")];
    await router().switchTo(leading(first), signal);
    const before = await caddy.config();
    await router().switchTo(leading(second), signal);
    await router().remove(second.name, signal);
    expect(await caddy.config()).toEqual(before);
    await router().remove(first.name, signal);
    expect(JSON.stringify(await caddy.config())).not.toContain("example.org");
  });
});
