import { expect, test } from "vitest";
import { execIn, openSite } from "../helpers/axon.ts";

const FILE = `
one:
  image: axon-example/sleeper
  volumes: [shared:/srv/shared, ./conf/app.conf:/etc/app.conf:ro]
two:
  image: axon-example/sleeper
  volumes:
    - {type: volume, source: shared, target: /data, read_only: true}
    - {type: bind, source: conf, target: /conf}
`;

test("services share a volume that their lists name, and see files of the host beside the Servicefile", async () => {
  await using site = openSite(FILE);
  site.write("conf/app.conf", "answer = 42\n");
  await site.deploy();
  const { deployment } = site;
  await execIn(`${deployment}-one-1`, ["sh", "-c", "echo kept >/srv/shared/file"]);
  expect(await execIn(`${deployment}-two-1`, ["cat", "/data/file"])).toBe("kept\r\n");
  expect(await execIn(`${deployment}-two-1`, ["cat", "/conf/app.conf"])).toBe("answer = 42\r\n");
  expect(await execIn(`${deployment}-one-1`, ["sh", "-c", "echo x >/etc/app.conf"])).toContain(
    "Read-only",
  );

  const { Mounts } = await site.inspect("one");
  expect(Mounts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ Type: "volume", Name: `${deployment}_shared`, RW: true }),
      expect.objectContaining({
        Type: "bind",
        Source: `${site.directory}/conf/app.conf`,
        RW: false,
      }),
    ]),
  );
  const volume = await site.docker.getVolume(`${deployment}_shared`).inspect();
  expect(volume.Labels).toMatchObject({ "io.axon.deployment": deployment });
  expect((await site.axon(["plan", "-D", deployment])).stdout).toBe("No changes.\n");
});

test("a file of the host that is not there fails before the old container is stopped", async () => {
  await using site = openSite("one: {image: axon-example/sleeper}\n");
  await site.deploy();
  const before = await site.inspect("one");
  site.write("Servicefile", "one: {image: axon-example/sleeper, volumes: [./gone:/gone]}\n");
  const failed = await site.axon(["deploy", "-D", site.deployment, "--yes"]);
  expect(failed).toExitWith(5);
  expect(failed.stderr).toContain(`${site.directory}/gone`);
  expect(await site.inspect("one")).toMatchObject({
    Id: before.Id,
    State: { StartedAt: before.State.StartedAt },
  });
});

test("volumes are what the section says, and mounts have their options", async () => {
  await using site = openSite(`\
Volumes:
  fast: {driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}, labels: {com.example.team: web}}
service:
  image: axon-example/sleeper
  volumes:
    - fast:/fast:nocopy
    - ./made:/made:z
    - {type: bind, source: here, target: /here, bind: {propagation: private}}
    - {type: bind, source: new, target: /new, read_only: true, bind: {create_host_path: true}}
    - {type: tmpfs, target: /memory, tmpfs: {size: 1m, mode: 700}}
`);
  site.write("here/file", "x");
  await site.deploy();
  const volume = await site.docker.getVolume(`${site.deployment}_fast`).inspect();
  expect(volume).toMatchObject({
    Options: { type: "tmpfs", device: "tmpfs", o: "size=1m" },
    Labels: { "com.example.team": "web" },
  });
  const { HostConfig, Mounts } = await site.inspect("service");
  expect(HostConfig.Binds?.toSorted()).toEqual([
    `${site.directory}/made:/made:rw,z`,
    `${site.directory}/new:/new:ro`,
  ]);
  expect(HostConfig.Mounts).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ Target: "/fast", VolumeOptions: { NoCopy: true } }),
      expect.objectContaining({ Target: "/here", BindOptions: { Propagation: "private" } }),
      expect.objectContaining({
        Type: "tmpfs",
        Target: "/memory",
        TmpfsOptions: { SizeBytes: 2 ** 20, Mode: 0o700 },
      }),
    ]),
  );
  expect(Mounts.find(({ Destination }) => Destination === "/new")?.RW).toBe(false);
  expect((await site.deploy()).stdout).toBe("No changes.\n");
});

test("a volume that is not as the file has it is told, and left alone", async () => {
  const file = (volume: string) =>
    `Volumes: {data: ${volume}}\none: {image: axon-example/sleeper, volumes: ["data:/data"]}\n`;
  await using site = openSite();
  await site.deploy(file("{}"));
  await execIn(`${site.deployment}-one-1`, ["touch", "/data/kept"]);
  site.write("Servicefile", file("{driver_opts: {type: tmpfs, device: tmpfs}}"));
  const refused = await site.axon(["deploy", "-D", site.deployment, "--yes"]);
  expect(refused).toExitWith(1);
  expect(refused.stderr).toContain("VOLUME_DIFFERS");
  expect(refused.stderr).toContain("driver_opts.type: (none) -> tmpfs");
  expect(await execIn(`${site.deployment}-one-1`, ["ls", "/data"])).toContain("kept");
});
