import { describe, expect, test } from "vitest";
import type { Mount, ServiceSpec } from "../../../src/model.ts";
import { CHECK, model, service, task } from "../../helpers/build.ts";
import { World } from "../../helpers/world.ts";

const data: Mount = { kind: "volume", source: "shop-data", target: "/data", readOnly: false };
const host: Mount = { ...data, kind: "bind", source: "/srv/data" };
const memory: Mount = { ...data, kind: "tmpfs", source: "" };
const read = (mount: Mount): Mount => ({ ...mount, readOnly: true });
const database = (name: string, mount: Mount): ServiceSpec =>
  service(name, { container: { mounts: [mount], healthcheck: CHECK } });

/** A deployment with a service `db`, of which the next Servicefile does not know. */
const deployed = (mount: Mount) => World.deployed(model({ services: [database("db", mount)] }));

const callsOf = (world: World) => world.containerCalls("create", "start", "stop", "remove");

describe("a service that writes to a volume is called otherwise now", () => {
  const after = model({ services: [database("postgres", data)] });
  const serving = { status: "running" };

  test.for([
    ["a volume", data],
    ["a directory of the host", host],
  ] as const)("the two never write to %s at the same time", async ([, mount]) => {
    const world = await deployed(mount);
    await world.deploy(model({ services: [database("postgres", mount)] }));
    expect(callsOf(world)).toEqual([
      "createContainer shop-postgres-1",
      "stopContainer shop-db-1",
      "startContainer shop-postgres-1",
      "removeContainer shop-db-1",
    ]);
  });

  test("its old container serves again, and alone, when the new one does not become healthy", async () => {
    const world = await deployed(data);
    const { id } = world.engine.container("shop-db-1");
    world.engine.behaviours.set("postgres:1", { health: "unhealthy" });
    for (const run of ["created", "started again"]) {
      await world.apply(await world.plan(after));
      expect([run, world.engine.container("shop-db-1")]).toMatchObject([run, { id, ...serving }]);
      expect(world.engine.container("shop-postgres-1")).toMatchObject({ status: "exited" });
    }
    world.engine.behaviours.delete("postgres:1");
    await world.deploy(after);
    expect([...world.engine.containers.values()]).toMatchObject([
      { name: "shop-postgres-1", ...serving },
    ]);
  });

  test("a one-shot that writes there runs when the old container has stopped", async () => {
    const world = await deployed(data);
    const { image } = service("job").container;
    const init = task("postgres.init", { container: { image, mounts: [data] } });
    const wanted = model({ services: [database("postgres", data)], tasks: [init] });
    await world.deploy(wanted);
    const calls = callsOf(world);
    expect(calls.indexOf("stopContainer shop-db-1")).toBeGreaterThan(-1);
    expect(calls.indexOf("stopContainer shop-db-1")).toBeLessThan(
      calls.indexOf("startContainer shop-postgres-init"),
    );
  });
});

test.for([
  ["only read by the old one", read(data), data],
  ["only read by the new one", data, read(data)],
  ["memory", memory, memory],
  ["another one", data, { ...data, source: "shop-other" }],
] as const)("nobody stops early for what is %s", async ([, held, wanted]) => {
  const world = await deployed(held);
  await world.deploy(model({ services: [database("postgres", wanted)] }));
  expect(callsOf(world)).toEqual([
    "createContainer shop-postgres-1",
    "startContainer shop-postgres-1",
    "stopContainer shop-db-1",
    "removeContainer shop-db-1",
  ]);
});

test("services that are wanted share a volume as the Servicefile says, also an instance too many", async () => {
  const containerNames = ["shop-db-1", "shop-db-2"];
  const world = await World.deployed(
    model({ services: [{ ...database("db", data), containerNames }] }),
  );
  await world.deploy(model({ services: [database("db", data), database("backup", data)] }));
  expect(callsOf(world)).toEqual([
    "createContainer shop-backup-1",
    "startContainer shop-backup-1",
    "stopContainer shop-db-2",
    "removeContainer shop-db-2",
  ]);
});
