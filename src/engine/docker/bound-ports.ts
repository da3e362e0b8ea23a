import type { DockerContainer } from "../../fields/docker-api.ts";
import type { PublishedPort } from "../../model.ts";

/** The engine names a port that it holds on every address once per family. */
export function boundPorts({ NetworkSettings }: DockerContainer): readonly PublishedPort[] {
  const bound = Object.entries(NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) => {
    const [port, protocol] = key.split("/");
    if (protocol !== "tcp" && protocol !== "udp") return [];
    return (bindings ?? []).map(({ HostIp = "", HostPort }) => ({
      port: Number(port),
      protocol,
      hostAddress: HostIp === "0.0.0.0" ? "" : HostIp,
      hostPort: Number(HostPort),
    })) satisfies PublishedPort[];
  });
  const everywhere = new Set(bound.filter(({ hostAddress }) => hostAddress === "").map(keyOf));
  return bound
    .filter((item) => item.hostAddress !== "::" || !everywhere.has(keyOf(item)))
    .sort((a, b) => a.port - b.port || compare(textOf(a), textOf(b)));
}

function keyOf({ port, protocol, hostPort }: PublishedPort): string {
  return `${port}/${protocol} ${hostPort}`;
}

function textOf({ protocol, hostAddress, hostPort }: PublishedPort): string {
  return `${protocol} ${hostAddress} ${hostPort}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
