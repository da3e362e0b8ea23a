import type { DockerContainer } from "../../fields/docker-api.ts";
import { networkMoves, networks, toEndpoint } from "../../fields/networks.ts";
import type { NetworkAttachment } from "../../model.ts";
import type { DockerClient } from "./docker-client.ts";
import { isStatus } from "./docker-errors.ts";

export interface AttachRequest extends NetworkAttachment {
  readonly container: string;
  readonly signal: AbortSignal;
}

export type DetachRequest = Pick<AttachRequest, "container" | "name" | "signal">;

export async function attach(client: DockerClient, request: AttachRequest): Promise<void> {
  const { container, name, signal } = request;
  await client.json(`POST /networks/${encodeURIComponent(name)}/connect`, {
    doing: `connect container ${container.slice(0, 12)} to network ${name}`,
    body: { Container: container, EndpointConfig: toEndpoint(request) },
    signal,
  });
}

/** Also where it is attached already, with other aliases, or to nothing. */
export async function reattach(client: DockerClient, request: AttachRequest): Promise<void> {
  const { container, name, signal } = request;
  const doing = `inspect container ${container.slice(0, 12)}`;
  const inspected = await client.json<DockerContainer>(`GET /containers/${container}/json`, {
    doing,
    signal,
  });
  const current = networks.fromDocker(inspected).filter((item) => item.name === name);
  if (networkMoves(current, [request]).connect.length === 0) return;
  if (current.length > 0) await detach(client, request);
  if ("none" in (inspected.NetworkSettings.Networks ?? {})) {
    await detach(client, { container, name: "none", signal });
  }
  await attach(client, request);
}

/** The engine answers 403 (older: 500) when it is not attached. */
export async function detach(client: DockerClient, request: DetachRequest): Promise<void> {
  const { container, name, signal } = request;
  try {
    await client.json(`POST /networks/${encodeURIComponent(name)}/disconnect`, {
      doing: `disconnect container ${container.slice(0, 12)} from network ${name}`,
      body: { Container: container, Force: true },
      signal,
    });
  } catch (error) {
    const isDetached = /not connected to (the )?network/i.test(String(error));
    if (!isDetached && !isStatus(error, 404)) throw error;
  }
}
