import { describe, expect, test } from "vitest";
import type { DockerContainer } from "../../../src/fields/docker-api.ts";
import { fromDocker, toDocker } from "../../../src/fields/table.ts";
import { Secret } from "../../../src/secret.ts";
import { containerSpec } from "../../helpers/build.ts";

const ID = "0123456789abcdef".repeat(4);

function inspected(overrides: Partial<DockerContainer> = {}): DockerContainer {
  return {
    Id: ID,
    Name: "/shop-web-1",
    Image: "sha256:1",
    Config: { Image: "web:1" },
    HostConfig: {},
    State: { Status: "running", ExitCode: 0 },
    Mounts: [],
    NetworkSettings: { Networks: {} },
    ...overrides,
  };
}

describe("fromDocker", () => {
  test("what Docker writes as nothing is read as nothing", () => {
    const config = {
      Image: "web:1",
      Entrypoint: null,
      Cmd: null,
      Env: null,
      User: "",
      Labels: null,
    };
    const host = { PortBindings: null, RestartPolicy: { Name: "" } };
    expect(fromDocker(inspected({ Config: config, HostConfig: host }))).toMatchObject({
      env: {},
      user: undefined,
      mounts: [],
      publish: [],
      healthcheck: undefined,
      restart: { name: "no", maximumRetries: 0 },
      networks: [],
    });
  });

  test.each(["", "0"])("a host port of %o is one that the engine chose", (HostPort) => {
    const PortBindings = { "80/tcp": [{ HostIp: "", HostPort }] };
    expect(fromDocker(inspected({ HostConfig: { PortBindings } })).publish).toEqual([
      { port: 80, protocol: "tcp", hostAddress: "", hostPort: 0 },
    ]);
  });

  test("the alias that the engine adds is not one of ours", () => {
    const Networks = {
      shop: { Aliases: ["web", ID.slice(0, 12)] },
      none: { Aliases: null },
    };
    expect(fromDocker(inspected({ NetworkSettings: { Networks } })).networks).toEqual([
      { name: "shop", aliases: ["web"] },
    ]);
  });

  test("volumes that nobody named and other kinds of mounts are not ours", () => {
    const mount = (Type: string, Name: string) => ({
      Type,
      Name,
      Source: "/var/lib",
      Destination: `/${Name}`,
      RW: true,
    });
    const Mounts = [mount("volume", ID), mount("npipe", "t"), mount("volume", "data")];
    expect(fromDocker(inspected({ Mounts })).mounts).toEqual([
      { kind: "volume", source: "data", target: "/data", readOnly: false },
    ]);
  });

  test("a value may hold an equals sign, and a name without a value is none", () => {
    const Config = { Image: "web:1", Env: ["A=b=c", "NONE", "E="] };
    expect(fromDocker(inspected({ Config })).env).toEqual({ A: "b=c", E: "" });
  });

  test("a damaged label of ours is no reason to fail", () => {
    const Config = { Image: "web:1", Env: ["A=b"], Labels: { "io.axon.secret-env": "{" } };
    expect(fromDocker(inspected({ Config })).env).toEqual({ A: "b" });
  });
});

describe("toDocker", () => {
  test("values of secrets are in the environment only, their names in a label", () => {
    const body = toDocker(containerSpec({ env: { URL: new Secret("x://y"), A: "1" } }));
    expect(body.Env).toEqual(["URL=x://y", "A=1"]);
    expect(body.Labels).toMatchObject({ "io.axon.secret-env": '["URL"]' });
  });

  test("durations are nanoseconds", () => {
    const healthcheck = {
      test: ["CMD", "true"],
      interval: 1500,
      timeout: 1,
      startPeriod: 0,
      retries: 2,
    };
    expect(toDocker(containerSpec({ healthcheck })).Healthcheck).toEqual({
      Test: ["CMD", "true"],
      Interval: 1_500_000_000,
      Timeout: 1_000_000,
      StartPeriod: 0,
      Retries: 2,
    });
  });

  test("one container port may be published more than once", () => {
    const port = { port: 80, protocol: "tcp", hostAddress: "", hostPort: 0 } as const;
    const publish = [port, { ...port, hostPort: 8080 }];
    expect(toDocker(containerSpec({ publish }))).toMatchObject({
      ExposedPorts: { "80/tcp": {} },
      HostConfig: {
        PortBindings: {
          "80/tcp": [
            { HostIp: "", HostPort: "" },
            { HostIp: "", HostPort: "8080" },
          ],
        },
      },
    });
  });

  test("a container with no network is attached to nothing", () => {
    expect(toDocker(containerSpec({ networks: [] })).HostConfig.NetworkMode).toBe("none");
  });
});
