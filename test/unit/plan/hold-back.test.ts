import { describe, expect, test } from "vitest";
import { bareNetwork } from "../../../src/fields/network-table.ts";
import { bareVolume } from "../../../src/fields/volume-table.ts";
import { asDeployed, holdBack, withoutResources } from "../../../src/plan/hold-back.ts";
import { planDeployment } from "../../../src/plan/plan-deployment.ts";
import { NO_PAINT, renderPlan } from "../../../src/plan/render-text.ts";
import { live, model, route, running, service, task } from "../../helpers/build.ts";
import { digest } from "../../helpers/world.ts";

const requires = (target: string) => [{ target, condition: "started" }] as const;
const volume = (source: string) =>
  ({ kind: "volume", source, target: "/data", readOnly: false }) as const;

const web = service("web", {
  resources: ["License"],
  container: { mounts: [volume("shop-web-data")] },
});
const shop = service("shop", { requires: requires("web") });
const db = service("db", { container: { mounts: [volume("shop-db-data")] } });
const migrate = task("web.migrate", { resources: ["License"] });
const routeTo = (name: string) => ({
  [name]: route(name, { target: `shop:${name}:http`, servers: [] }),
});
const wanted = model({
  services: [web, shop, db],
  tasks: [migrate],
  endpoints: { "web/http": "shop-web-1:80", "db/sql": "shop-db-1:3306" },
  routes: { ...routeTo("web"), ...routeTo("db") },
});

const namesOf = ({ held }: ReturnType<typeof holdBack>) => held.map(({ name }) => name);

const SHOP = { id: "n", name: "shop", spec: bareNetwork("shop"), guests: [] };

test("with the resource in the store nothing is held, and the model stays as it is", () => {
  const there = live({ store: { resources: { License: "" } } });
  expect(holdBack(wanted, there, digest)).toEqual({ model: wanted, held: [] });
});

describe("before a resource is in the store", () => {
  const back = holdBack(wanted, live(), digest);

  test("what requires it is held, and so is what requires that", () => {
    expect(back.held).toMatchObject([
      {
        address: "task.web.migrate",
        reason: "requires the resource License, which is not set",
        requires: ["License"],
      },
      { address: "service.shop", reason: "requires web, which is held", requires: [] },
      { address: "service.web", isLive: false },
    ]);
  });

  test("nothing of it is wanted yet: no container, volume, endpoint or route", () => {
    const { services, tasks, volumes, endpoints, routes } = back.model;
    expect(Object.keys(services)).toEqual(["db"]);
    expect(Object.keys(tasks)).toEqual([]);
    expect(Object.keys(volumes)).toEqual(["shop-db-data"]);
    expect(endpoints).toEqual({ "db/sql": "shop-db-1:3306" });
    expect(Object.keys(routes)).toEqual(["db"]);
  });
});

describe("a service that is live already", () => {
  const OLD = "shop-web-old";
  const old = running(
    service("web", { container: { env: { VERSION: "1" }, mounts: [volume(OLD)] } }),
  );
  const there = live({
    engine: { containers: [old, running(db)], volumes: [{ name: OLD, spec: bareVolume(OLD) }] },
    store: { endpoints: { "web/http": "shop-web-1:8080" } },
  });

  test("keeps running as it is, and what requires it goes on", () => {
    const plan = planDeployment(wanted, there, { digest });
    const addresses = plan.changes.map(({ address }) => address);
    expect(addresses).toContain("service.shop");
    expect(addresses.filter((address) => /^(service|task)\.web/.test(address))).toEqual([]);
    expect(plan.held.map(({ name, isLive }) => [name, isLive])).toEqual([
      ["web.migrate", false],
      ["web", true],
    ]);
  });

  test("keeps its volume also where those that are not named are pruned", () => {
    const plan = planDeployment(wanted, there, { digest, pruneVolumes: true });
    expect(plan.changes.map(({ address }) => address)).not.toContain(`volume.${OLD}`);
  });

  test("is not shrunk to what is wanted of it", () => {
    const second = {
      ...old,
      id: "web-2",
      name: "shop-web-2",
      identity: { ...old.identity, instance: 2 },
    };
    const { model: now } = holdBack(
      wanted,
      live({ engine: { containers: [old, second] } }),
      digest,
    );
    expect(now.services.web?.containerNames).toEqual(["shop-web-1", "shop-web-2"]);
  });

  test("is remembered as the last revision has it", () => {
    const last = model({ services: [service("web", { container: { env: { VERSION: "1" } } })] });
    const deployed = asDeployed(holdBack(wanted, there, digest), last);
    expect(deployed.services.web).toEqual(last.services.web);
    expect(asDeployed(holdBack(wanted, there, digest), undefined).services.web?.container).toEqual(
      old.spec,
    );
  });
});

test("a one-shot that is done is not held, and holds nothing", () => {
  const inputs = { image: String(migrate.inputs.image), "image.reference": "web:1" };
  const record = { version: 1, id: "web.migrate", ended: "exited", exitCode: 0, inputs } as const;
  const finishedAt = "2026-01-01T00:00:00.000Z";
  const done = live({ store: { tasks: { "web.migrate": { ...record, finishedAt } } } });
  const all = model({
    services: [service("shop", { requires: requires("web.migrate") })],
    tasks: [migrate],
  });
  expect(namesOf(holdBack(all, done, digest))).toEqual([]);
  expect(namesOf(holdBack(all, live(), digest))).toEqual(["web.migrate", "shop"]);
});

test("a way back needs no resource", () => {
  expect(holdBack(withoutResources(wanted), live(), digest).held).toEqual([]);
});

test("a reader is told what is held, also where nothing changes", () => {
  const text = (services: Parameters<typeof model>[0]) =>
    renderPlan(
      planDeployment(model(services), live({ engine: { networks: [SHOP] } }), {
        digest,
      }),
      {
        title: "shop",
        paint: NO_PAINT,
      },
    );
  expect(text({ services: [web] })).toBe(
    "No changes.\nheld: web requires the resource License, which is not set\n",
  );
  expect(text({ services: [web, service("db")] })).toContain(`
Held
  . web  held  # requires the resource License, which is not set

Plan: 1 to add, 1 held.
`);
});
