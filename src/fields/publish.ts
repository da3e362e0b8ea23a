import type { PublishedPort } from "../model.ts";
import { deltaOf } from "./delta.ts";
import type { DockerPortBinding } from "./docker-api.ts";
import type { Field } from "./field.ts";

type Ports = readonly PublishedPort[];

export const publish: Field<Ports> = {
  key: "publish",
  change: "replace",
  diff: (before, after) =>
    deltaOf("publish", describeAll(before), describeAll(withPortsOf(before, after))).map(
      (delta) => ({ ...delta, after: describeAll(after) }),
    ),
  toDocker(value, body) {
    const bindings: Record<string, DockerPortBinding[]> = {};
    for (const { port, protocol, hostAddress, hostPort } of value) {
      const binding = { HostIp: hostAddress, HostPort: hostPort === 0 ? "" : String(hostPort) };
      const key = `${port}/${protocol}`;
      bindings[key] = [...(bindings[key] ?? []), binding];
    }
    body.HostConfig.PortBindings = bindings;
    body.ExposedPorts = Object.fromEntries(Object.keys(bindings).map((key) => [key, {}]));
  },
  fromDocker: ({ HostConfig }) =>
    Object.entries(HostConfig.PortBindings ?? {})
      .flatMap(([key, bindings]) => (bindings ?? []).map((binding) => toPort(key, binding)))
      .sort(byPort),
};

/** `wanted` with the host ports of `live` where the engine may choose. */
function withPortsOf(live: Ports, wanted: Ports): Ports {
  const free = live.filter((port) => !wanted.some((other) => describe(other) === describe(port)));
  return wanted.map((port) => {
    if (port.hostPort !== 0 || live.some((other) => describe(other) === describe(port))) {
      return port;
    }
    const match = free.findIndex((other) => sameButHostPort(other, port));
    return free.splice(match, match === -1 ? 0 : 1)[0] ?? port;
  });
}

function sameButHostPort(a: PublishedPort, b: PublishedPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && a.hostAddress === b.hostAddress;
}

function toPort(key: string, { HostIp, HostPort }: DockerPortBinding): PublishedPort {
  const [port, protocol] = key.split("/");
  return {
    port: Number(port),
    protocol: protocol === "udp" ? "udp" : "tcp",
    hostAddress: HostIp ?? "",
    hostPort: Number.parseInt(HostPort || "0", 10),
  };
}

function describeAll(ports: Ports): string[] {
  return ports.map(describe).sort();
}

/** As one writes it: `127.0.0.1:8080:80`, `53:53/udp`, `80` where the engine chooses. */
function describe({ port, protocol, hostAddress, hostPort }: PublishedPort): string {
  const address = hostAddress.includes(":") ? `[${hostAddress}]` : hostAddress;
  const host = hostPort === 0 ? "" : String(hostPort);
  const from = address ? `${address}:${host}:` : host && `${host}:`;
  return `${from}${port}${protocol === "udp" ? "/udp" : ""}`;
}

function byPort(a: PublishedPort, b: PublishedPort): number {
  return (
    a.port - b.port ||
    a.protocol.localeCompare(b.protocol) ||
    a.hostAddress.localeCompare(b.hostAddress) ||
    a.hostPort - b.hostPort
  );
}
