import { expect, test } from "vitest";
import type { RouteSpec } from "../../../src/model.ts";
import { joinRouter } from "../../../src/plan/join-router.ts";
import {
  containerSpec,
  DEPLOYMENT,
  live,
  liveContainer,
  liveNetwork,
  model,
  route,
  service,
} from "../../helpers/build.ts";

function joined(more: Partial<RouteSpec>, on: readonly string[] = []) {
  const routes = { r: route("r", more) };
  const networks = on.map((name) => ({ name, aliases: [] }));
  const managedRouter = liveContainer({ spec: containerSpec({ networks }) });
  const { foreign } = live().engine;
  const engine = {
    networks: [liveNetwork(DEPLOYMENT)],
    foreign: { ...foreign, networkNames: { blog: "the deployment blog" } },
  };
  const wanted = { ...model({ services: [service("web")] }), routes };
  const piece = joinRouter(wanted, { ...live({ engine }), managedRouter });
  return piece.operations.map(({ id }) => id);
}

test("the router joins the network of the services that routes lead to", () => {
  expect(joined({})).toEqual([`router.joins:${DEPLOYMENT}`]);
});

test("it does not join where it is already", () => {
  expect(joined({}, [DEPLOYMENT])).toEqual([]);
});

test("it joins the network of another deployment that a domain leads to", () => {
  const servers = [{ host: "blog-web-1", port: 80 }];
  expect(joined({ target: "blog:web:http", servers })).toEqual(["router.joins:blog"]);
  expect(joined({ target: "gone:web:http", servers })).toEqual([]);
});

test("it joins the own network for a domain of another deployment that waited for this one", () => {
  const servers = [{ host: `${DEPLOYMENT}-web-1`, port: 80 }];
  expect(joined({ servers })).toEqual([`router.joins:${DEPLOYMENT}`]);
  expect(joined({ servers }, [DEPLOYMENT])).toEqual([]);
});

test("nothing happens where Axon runs no router", () => {
  const wanted = { ...model({ services: [service("web")] }), routes: { r: route("r") } };
  expect(joinRouter(wanted, live()).operations).toEqual([]);
});
