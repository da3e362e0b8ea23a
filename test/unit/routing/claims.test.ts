import { describe, expect, test } from "vitest";
import type { LiveStore } from "../../../src/live.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { claimingRoutes } from "../../../src/routing/claims.ts";
import { routesFor } from "../../../src/routing/routes-for.ts";
import type { DomainEntry } from "../../../src/servicefile/servicefile.ts";
import { DEPLOYMENT, live, model, route } from "../../helpers/build.ts";
import { problemsOf } from "../../helpers/build-from.ts";
import { digest } from "../../helpers/world.ts";
import { domain, http, input, service } from "./build-routing.ts";

function routed(otherRoutes: readonly string[], more: Partial<DomainEntry> = {}) {
  const domains = { "example.org": domain("shop:website", more) };
  const services = service("website", { http: http(8080) });
  return routesFor(input({ domains, services, otherRoutes }));
}

describe("a domain that another deployment has", () => {
  test("is refused, with both names and the place in the file", () => {
    const [problem] = problemsOf(() => routed(["blog_example.org"]));
    expect(problem).toMatchObject({ code: "DOMAIN_CLAIMED", at: { line: 2 } });
    expect(problem?.message).toMatch(/example\.org .*\bblog\b.*\bshop\b/);
  });

  test("is refused below the same path", () => {
    const problems = problemsOf(() => routed(["blog_example.org_a_b"], { path: "/a/b" }));
    expect(problems).toMatchObject([{ code: "DOMAIN_CLAIMED" }]);
  });

  test.for([
    ["blog_example.org_x", undefined],
    ["blog_example.org", "/x"],
    ["blog_wildcard.example.org", undefined],
    ["dashboard", undefined],
  ])("can be shared where it has %s and this one the path %s", ([other = "", path]) => {
    expect(routed([other], { path }).routes).toHaveLength(1);
  });
});

test("an earlier revision does not take a domain back from who has it by now", () => {
  const routes = { [`${DEPLOYMENT}_example.org`]: route(`${DEPLOYMENT}_example.org`) };
  const there = live({ store: { otherRoutes: ["blog_example.org"] } });
  const plan = () => planDeployment({ ...model({ services: [] }), routes }, there, { digest });
  expect(problemsOf(plan)).toMatchObject([{ code: "DOMAIN_CLAIMED" }]);
});

describe("a domain that another deployment waits for", () => {
  const name = `${DEPLOYMENT}_example.org`;
  const mine = { ...route(name), awaits: { deployment: "forum", service: "web", port: undefined } };
  const claims = (store: Partial<LiveStore>) => claimingRoutes(live({ store }).store);

  test("is its, and the error names both", () => {
    const otherPending = ["blog_example.org", "blog_example.net"];
    const [problem] = problemsOf(() => routed(claims({ otherPending })));
    expect(problem?.message).toMatch(/example\.org .*\bblog\b.*\bshop\b/);
    const wanted = { ...model(), pending: { [name]: mine } };
    const there = live({ store: { otherPending } });
    expect(() => planDeployment(wanted, there, { digest })).toThrow(/\bblog\b.*\bshop\b/);
  });

  test("is whose it is at the router", () => {
    const routes = { [name]: {} };
    expect(claims({ routes, otherPending: ["blog_example.org"] })).toEqual([]);
  });
});
