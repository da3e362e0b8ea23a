import { expect, test } from "vitest";
import { model, route, service } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const NAME = "shop_example.org";

/** Both services, of which the domain leads to one. */
function edition(env: string, leadsTo: string) {
  const services = ["web", "api"].map((name) => service(name, { container: { env: { V: env } } }));
  const servers = [{ service: leadsTo, instance: 1, port: 80 }];
  return model({ services, routes: { [NAME]: route(NAME, { servers }) } });
}

test("a route that goes from one service to another moves, though both are replaced and so have no address yet", async () => {
  const world = new World();
  await world.deploy(edition("1", "web"));
  const next = edition("2", "api");
  await world.deploy(next);
  const { changes, operations } = await world.plan(next);
  expect({ changes, operations }).toEqual({ changes: [], operations: [] });
});
