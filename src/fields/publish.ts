import type { PublishedPort } from "../model.ts";
import { deltaOf } from "./delta.ts";
import type { DockerPortBinding } from "./docker-api.ts";
import type { Field } from "./field.ts";

type Ports = readonly PublishedPort[];

export const publish: Field<Ports> = {
  key: "publish",
  change: "replace",
  /** As they were asked for: a port that the engine was to choose is not told by what it chose. */
  diff: (before, after) => deltaOf("publish", describeAll(before), describeAll(after)),
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
