import { expect, test } from "vitest";
import { listNetworks, openSite, type Site } from "../helpers/axon.ts";

const FILE = "service: {image: axon-example/sleeper, volumes: {data: /data}}\n";

/** Deploys, lets somebody interfere, deploys again, and expects that all is as it was. */
async function expectRepair(
  interfere: (site: Site, id: string) => Promise<unknown>,
  expected: { readonly says: string; readonly sameContainer: boolean },
): Promise<void> {
  await using site = openSite(FILE);
  await site.deploy();
  const before = await site.inspect("service");
  await interfere(site, before.Id);
  const plan = await site.axon(["plan", "-D", site.deployment, "--detailed-exitcode"]);
  expect(plan).toExitWith(2);
  expect(plan.stdout).toContain(expected.says);

  await site.deploy();
  const after = await site.inspect("service");
  expect(after.State).toMatchObject({ Running: true, Paused: false });
  expect(after.Id === before.Id).toBe(expected.sameContainer);
  expect(Object.keys(after.NetworkSettings.Networks)).toEqual(
    Object.keys(before.NetworkSettings.Networks),
  );
  expect(after.HostConfig.RestartPolicy).toEqual(before.HostConfig.RestartPolicy);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
}

test("a container that was killed is started again", () =>
  expectRepair((site, id) => site.docker.getContainer(id).kill(), {
    says: "exit 137",
    sameContainer: true,
  }));

test("a container that was removed is made again", () =>
  expectRepair((site, id) => site.docker.getContainer(id).remove({ force: true }), {
    says: "was removed outside of axon",
    sameContainer: false,
  }));

test("a container that was paused goes on", () =>
  expectRepair((site, id) => site.docker.getContainer(id).pause(), {
    says: "was paused",
    sameContainer: true,
  }));

test("a container that was renamed gets its name back", () =>
  expectRepair(
    (site, id) => site.docker.getContainer(id).rename({ name: `${site.deployment}-other` }),
    { says: "changed outside of axon", sameContainer: true },
  ));

test("a container whose restart policy was changed gets it back in place", () =>
  expectRepair(
    (site, id) => site.docker.getContainer(id).update({ RestartPolicy: { Name: "no" } }),
    { says: "restart", sameContainer: true },
  ));

test("a container that was put on another network is taken off it", () =>
  expectRepair(
    async (site, id) => {
      const other = site.sibling("net");
      const network = await site.docker.createNetwork({
        Name: other,
        Labels: { "io.axon.deployment": other },
      });
      await network.connect({ Container: id });
    },
    { says: "networks", sameContainer: true },
  ));

test("a container that was taken off the deployment's network is put back", () =>
  expectRepair(
    async (site, id) => {
      const [network] = await listNetworks(site.deployment);
      await site.docker.getNetwork(network?.Id ?? "").disconnect({ Container: id });
    },
    { says: "networks", sameContainer: true },
  ));

test("a managed store that was taken off the deployment's network is put back under its alias", async () => {
  await using site = openSite(FILE);
  await site.deploy();
  const store = `axon-${site.system}-consul`;
  await site.docker.getNetwork(site.deployment).disconnect({ Container: store });
  await site.deploy();
  const { NetworkSettings } = await site.docker.getContainer(store).inspect();
  expect(NetworkSettings.Networks[site.deployment]?.Aliases).toContain("consul");
});
