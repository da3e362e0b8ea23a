import { describe, expect, test } from "vitest";
import type { Catalogue } from "../../src/catalogue/catalogue.ts";
import type { LiveRegistration } from "../../src/live.ts";

/** What a catalogue promises, whatever it is made of. `open` answers one that may be shared. */
export function describeCatalogue(name: string, open: () => Promise<Catalogue>): void {
  describe(`the catalogue ${name}`, () => {
    test("tells what was registered, all of it, until it is deregistered", async () => {
      const catalogue = await open();
      const registrations = [
        registration("one", {}),
        registration("one", { port: "dns", protocol: "udp", check: undefined, path: undefined }),
        registration("one", { instance: 2, number: 65_535 }),
      ];
      await catalogue.register({ deployment: "one", registrations, isGood: true });
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
        registration("two", { address: "other", number: 81, check: undefined, path: undefined }),
      ];
      await catalogue.register({ deployment: "two", registrations: [before], isGood: true });
      await catalogue.register({ deployment: "two", registrations: [after], isGood: false });
      expect(await catalogue.list("two")).toEqual([after]);
      await catalogue.deregister({ deployment: "two", ids: [after.id] });
    });

    test("keeps apart deployments whose names begin alike", async () => {
      const catalogue = await open();
      for (const deployment of ["three", "three-b"]) {
        const registrations = [registration(deployment, {})];
        await catalogue.register({ deployment, registrations, isGood: true });
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
    check: { path: "/up", port: 80, intervalSeconds: 5, timeoutSeconds: 3 },
    address: "0123456789ab",
    ...changes,
  };
}

function sorted(registrations: readonly LiveRegistration[]): readonly LiveRegistration[] {
  return registrations.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
