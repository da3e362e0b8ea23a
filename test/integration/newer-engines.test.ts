import { expect, test } from "vitest";
import { openSite } from "../helpers/axon.ts";

const FILE = `\
Networks: {back: {ipam: {config: [{subnet: 10.213.55.0/24}]}}}
web:
  image: axon-example/sleeper
  healthcheck: {test: "true", start_period: 30s, start_interval: 100ms}
  networks: {default: , back: {mac_address: "02-42-AC-1E-00-0A"}}
  volumes:
    - data:/all
    - {type: volume, source: data, target: /half, volume: {subpath: half}}
`;

const isOlder = (api: string, than: number) => Number(api.split(".")[1]) < than;

test("what only newer engines have is used there, and told in the plan by older ones", async () => {
  await using site = openSite(FILE);
  const { ApiVersion } = await site.docker.version();
  if (isOlder(ApiVersion, 45)) {
    const refused = await site.axon(["plan", "-D", site.deployment]);
    expect(refused).toExitWith(1);
    expect(refused.stderr).toContain(
      `web.healthcheck: start_interval needs an engine with API 1.44 or newer, and this one has ${ApiVersion}`,
    );
    expect(refused.stderr).toContain("--> Servicefile:4:");
    expect(refused.stderr).toContain("subpath needs an engine with API 1.45");
    expect(refused.stderr).toContain("mac_address needs an engine with API 1.44");
    expect(await site.containers()).toEqual([]);
    return;
  }
  const Name = `${site.deployment}_data`;
  const Labels = { "io.axon.deployment": site.deployment };
  await site.docker.createVolume({ Name, Labels });
  const filler = await site.docker.createContainer({
    Image: "axon-example/sleeper",
    Entrypoint: ["mkdir", "/data/half"],
    HostConfig: { Binds: [`${Name}:/data`] },
  });
  await filler.start();
  await filler.wait();
  await filler.remove();

  await site.deploy();
  const { Config, HostConfig, NetworkSettings } = await site.inspect("web");
  expect(Config.Healthcheck).toMatchObject({ StartInterval: 1e8, StartPeriod: 3e10 });
  expect(HostConfig.Mounts?.find(({ Target }) => Target === "/half")).toMatchObject({
    VolumeOptions: { Subpath: "half" },
  });
  expect(NetworkSettings.Networks[`${site.deployment}_back`]?.MacAddress).toBe("02:42:ac:1e:00:0a");
  expect((await site.deploy()).stdout).toBe("No changes.\n");
  await site.docker.getContainer(`${site.deployment}-web-1`).stop({ t: 0 });
  const woken = await site.axon(["plan", "-D", site.deployment]);
  expect(woken.stdout).toContain("1 to start");
});
