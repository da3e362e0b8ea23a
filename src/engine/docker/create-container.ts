import { reveal } from "../../secret.ts";
import type { ContainerRequest } from "../engine.ts";
import { attach } from "./attach.ts";
import type { DockerClient } from "./docker-client.ts";
import { isStatus } from "./docker-errors.ts";
import type { DockerImage } from "./docker-responses.ts";
import type { Labels } from "./labels.ts";
import { placeFiles } from "./place-files.ts";
import { toCreate } from "./to-create.ts";

export interface CreateRequest {
  readonly request: ContainerRequest;
  readonly extraLabels: Labels;
  readonly signal: AbortSignal;
}

export async function createContainer(
  client: DockerClient,
  { request, extraLabels, signal }: CreateRequest,
): Promise<string> {
  const { name, spec } = request;
  const call = { doing: `create container ${name}`, hide: valuesOf(request), signal };
  const image = await namedImage(client, request, signal);
  const body = { ...toCreate(request, extraLabels), Image: image.name };
  const { Id } = await client.json<{ Id: string }>("POST /containers/create", {
    ...call,
    query: { name },
    body,
  });
  try {
    const attached = body.NetworkingConfig?.EndpointsConfig ?? {};
    for (const network of spec.networks.filter(({ name }) => !Object.hasOwn(attached, name))) {
      await attach(client, { ...network, container: Id, signal });
    }
    const user = spec.user ?? image.user;
    await placeFiles(client, { container: Id, files: spec.files, user, signal });
  } catch (error) {
    await discard(client, Id);
    throw error;
  }
  return Id;
}

interface NamedImage {
  readonly name: string;
  readonly user: string | undefined;
}

/** The name that a person reads in `docker ps`, if it still leads to the same image. */
async function namedImage(
  client: DockerClient,
  { spec }: ContainerRequest,
  signal: AbortSignal,
): Promise<NamedImage> {
  const { reference, id } = spec.image;
  const named = await findImage(client, reference, signal);
  if (named?.Id === id) return { name: reference, user: named.Config?.User };
  const image = await findImage(client, id, signal);
  return { name: id, user: image?.Config?.User };
}

async function findImage(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
): Promise<DockerImage | undefined> {
  const call = { doing: `inspect image ${name}`, signal };
  try {
    return await client.json<DockerImage>(`GET /images/${name}/json`, call);
  } catch (error) {
    if (isStatus(error, 400, 404)) return undefined;
    throw error;
  }
}

/**
 * Nobody would know that it is not complete; also when the caller has given up. Not by force: another deployer may have
 * completed and started it meanwhile, and the engine refuses to remove what runs.
 */
async function discard(client: DockerClient, id: string): Promise<void> {
  const call = {
    doing: `remove container ${id.slice(0, 12)}`,
    signal: AbortSignal.timeout(10_000),
  };
  await client.json(`DELETE /containers/${id}`, { ...call, query: { v: true } }).catch(() => {});
}

function valuesOf({ spec }: ContainerRequest): string[] {
  return Object.values(spec.env).map(reveal).filter(isTelling);
}

/** Hiding "1" or "true" would only garble a message. */
function isTelling(value: string): boolean {
  return value.length > 4;
}
