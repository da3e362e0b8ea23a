import { expect, test } from "vitest";
import { boundPorts } from "../../../../src/engine/docker/bound-ports.ts";
import type { DockerContainer, DockerPortBinding } from "../../../../src/fields/docker-api.ts";

const bound = (Ports: Record<string, DockerPortBinding[] | null> | null) =>
  boundPorts({ NetworkSettings: { Networks: {}, Ports } } as DockerContainer);

test("what is not running, or publishes nothing, holds no ports", () => {
  expect(bound(null)).toEqual([]);
  expect(bound({})).toEqual([]);
  expect(bound({ "80/tcp": null, "9/sctp": [{ HostIp: "", HostPort: "9" }] })).toEqual([]);
});

test("a port on every address of both families is held once", () => {
  const both = ["0.0.0.0", "::"].map((HostIp) => ({ HostIp, HostPort: "8080" }));
  expect(bound({ "80/tcp": both })).toEqual([
    { port: 80, protocol: "tcp", hostAddress: "", hostPort: 8080 },
  ]);
});

test("another port for the other family is told", () => {
  const Ports = {
    "80/tcp": [
      { HostIp: "0.0.0.0", HostPort: "32768" },
      { HostIp: "::", HostPort: "32769" },
    ],
  };
  expect(bound(Ports).map(({ hostAddress, hostPort }) => [hostAddress, hostPort])).toEqual([
    ["", 32768],
    ["::", 32769],
  ]);
});

test("they are sorted, whatever the order of the engine", () => {
  const at = (HostIp: string, HostPort: string) => ({ HostIp, HostPort });
  const Ports = {
    "443/tcp": [at("127.0.0.1", "2"), at("10.0.0.1", "3")],
    "53/udp": [at("127.0.0.1", "1")],
  };
  expect(bound(Ports).map(({ hostPort }) => hostPort)).toEqual([1, 3, 2]);
});
