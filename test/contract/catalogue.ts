import { describe, expect, test } from "vitest";
import type { Catalogue } from "../../src/catalogue/catalogue.ts";
import type { LiveRegistration } from "../../src/live.ts";

/**
 * What a catalogue promises, whatever it is made of. `open` answers one that may be shared; one that looks by itself
 * sees all that its checks can tell.
 */
export function describeCatalogue(
  name: string,
  open: () => Promise<Catalogue>,
  { looks = false } = {},
): void {
  describe(`the catalogue ${name}`, () => {
    test("tells what was registered, all of it, until it is deregistered", async () => {
      const catalogue = await open();
      const registrations = [
        registration("one", {}),
        registration("one", { port: "dns", protocol: "udp", check: undefined, path: undefined }),
        registration("one", { instance: 2, number: 65_535 }),
      ];
      await catalogue.register({ deployment: "one", registrations, health: "passing" });
      expect(sorted(await catalogue.list("one"))).toEqual(sorted(registrations));
      const ids = registrations.map(({ id }) => id);
      await catalogue.deregister({ deployment: "one", ids: ids.slice(1) });
      expect(await catalogue.list("one")).toEqual(registrations.slice(0, 1));
      await catalogue.deregister({ deployment: "one", ids });
      expect(await catalogue.list("one")).toEqual([]);
    });

    test("puts what is registered in the place of what has its id", async () => {
      const catalogue = await open();
      const [before, after] = [
        registration("two", {}),
        registration("two", {
          address: "other",
          number: 81,
          check: undefined,
          path: undefined,
          health: "critical",
        }),
      ];
      await catalogue.register({ deployment: "two", registrations: [before], health: "passing" });
      await catalogue.register({ deployment: "two", registrations: [after], health: "critical" });
      expect(await catalogue.list("two")).toEqual([after]);
      await catalogue.deregister({ deployment: "two", ids: [after.id] });
    });

    test("tells what it was told last of an instance's health, where it does not see all of it", async () => {
      const catalogue = await open();
      const times = { intervalSeconds: 5, timeoutSeconds: 3, retries: 2 };
      const check = { path: "/up", port: 80, ...times, isWhole: true };
      const registrations = [
        registration("five", {}),
        registration("five", { port: "dns", protocol: "udp", check: undefined }),
        registration("five", { port: "api", check }),
      ];
      for (const health of ["critical", "passing", "critical"] as const) {
        await catalogue.register({ deployment: "five", registrations, health });
        const found = await catalogue.list("five");
        expect(found.map((one) => `${one.port} ${one.health}`).sort()).toEqual([
          `api ${looks ? "followed" : health}`,
          `dns ${health}`,
          `http ${health}`,
        ]);
      }
      const ids = registrations.map(({ id }) => id);
      await catalogue.deregister({ deployment: "five", ids });
    });

    test("keeps apart deployments whose names begin alike", async () => {
      const catalogue = await open();
      for (const deployment of ["three", "three-b"]) {
        const registrations = [registration(deployment, {})];
        await catalogue.register({ deployment, registrations, health: "passing" });
      }
      expect(await catalogue.list("three")).toEqual([registration("three", {})]);
      await catalogue.deregister({ deployment: "three", ids: [registration("three", {}).id] });
      expect(await catalogue.list("three-b")).toEqual([registration("three-b", {})]);
      await catalogue.deregister({ deployment: "three-b", ids: [registration("three-b", {}).id] });
    });

    test("takes what is not there for deregistered", async () => {
      const catalogue = await open();
      await catalogue.deregister({ deployment: "four", ids: ["axon:four:web:1"] });
      expect(await catalogue.list("four")).toEqual([]);
    });
  });
}

const CONNECTION = {
  path: undefined,
  port: 80,
  intervalSeconds: 5,
  timeoutSeconds: 3,
  retries: undefined,
  isWhole: false,
};

function registration(deployment: string, changes: Partial<LiveRegistration>): LiveRegistration {
  const { instance = 1, port = "http" } = changes;
  return {
    id: `axon:${deployment}:web:${port}:${instance}`,
    name: `${deployment}-web-${port}`,
    service: "web",
    instance,
    port,
    number: 80,
    protocol: "http",
    path: "/a b/ü",
    check: CONNECTION,
    address: "0123456789ab",
    health: "passing",
    ...changes,
  };
}

function sorted(registrations: readonly LiveRegistration[]): readonly LiveRegistration[] {
  return registrations.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
