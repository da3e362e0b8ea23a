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
