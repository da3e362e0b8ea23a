import { setMaxListeners } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RouteSpec } from "../../../src/model.ts";
import { caddyRouter, observeCaddy } from "../../../src/router/caddy/caddy-router.ts";
import { route } from "../../helpers/build.ts";
import { startCaddy, type TestCaddy } from "../../helpers/caddy.ts";

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
  return { name: spec.name, spec, servers: [server], generation: 0, from: undefined };
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
