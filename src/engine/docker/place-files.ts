import type { PlacedFile } from "../../model.ts";
import { reveal } from "../../secret.ts";
import type { DockerClient } from "./docker-client.ts";

export interface PlaceRequest {
  readonly container: string;
  readonly files: readonly PlacedFile[];
  /** Who the container runs as; a name cannot be looked up before it runs, and counts as root. */
  readonly user: string | undefined;
  readonly signal: AbortSignal;
}

/** Puts files into a container that was not started yet. Directories that are missing are made. */
export async function placeFiles(client: DockerClient, request: PlaceRequest): Promise<void> {
  const { container, files, user, signal } = request;
  if (files.length === 0) return;
  const doing = `put files into container ${container.slice(0, 12)}`;
  const archive = await archiveOf(files, user);
  const endpoint = `PUT /containers/${container}/archive` as const;
  await client.json(endpoint, { doing, query: { path: "/" }, archive, signal });
}

async function archiveOf(files: readonly PlacedFile[], user: string | undefined): Promise<Buffer> {
  const { pack } = await import("tar-stream");
  const archive = pack();
  for (const { target, mode, content } of files) {
    if (content === undefined) throw new Error(`the content of ${target} is not known`);
    archive.entry({ name: target.slice(1), mode, ...ownerOf(user) }, reveal(content));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function ownerOf(user: string | undefined): { uid: number; gid: number } {
  const [, uid = "0", gid = "0"] = /^(\d+)(?::(\d+))?$/.exec(user ?? "") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
