import type { Pack } from "tar-stream";
import type { PlacedFile } from "../../model.ts";
import { reveal } from "../../secret.ts";
import type { FileToPlace } from "../engine.ts";
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
  const { files, user, ...where } = request;
  const known = files.map(({ target, mode, content }): FileToPlace => {
    if (content === undefined) throw new Error(`the content of ${target} is not known`);
    return { kind: "file", path: target, mode, content };
  });
  await sendFiles(client, { ...where, files: known, owner: ownerOf(user) });
}

export interface SendRequest {
  readonly container: string;
  readonly files: readonly FileToPlace[];
  /** Absent: root. */
  readonly owner?: Owner;
  readonly signal: AbortSignal;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const ROOT: Owner = { uid: 0, gid: 0 };

/** All in one archive, which the engine unpacks in its order. */
export async function sendFiles(client: DockerClient, request: SendRequest): Promise<void> {
  const { container, files, owner = ROOT, signal } = request;
  if (files.length === 0) return;
  const doing = `put files into container ${container.slice(0, 12)}`;
  const archive = await archiveOf(files, owner);
  const endpoint = `PUT /containers/${container}/archive` as const;
  await client.json(endpoint, { doing, query: { path: "/" }, archive, signal });
}

async function archiveOf(files: readonly FileToPlace[], owner: Owner): Promise<Buffer> {
  const { pack } = await import("tar-stream");
  const archive = pack();
  for (const file of files) addTo(archive, file, owner);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function addTo(archive: Pack, file: FileToPlace, owner: Owner): void {
  const entry = { name: file.path.slice(1), ...owner };
  switch (file.kind) {
    case "directory":
      archive.entry({ ...entry, mode: file.mode, type: "directory" });
      return;
    case "file":
      archive.entry({ ...entry, mode: file.mode }, reveal(file.content));
      return;
    case "link":
      archive.entry({ ...entry, type: "symlink", linkname: reveal(file.leadsTo) });
      return;
  }
}

function ownerOf(user: string | undefined): Owner {
  const [, uid = "0", gid = "0"] = /^(\d+)(?::(\d+))?$/.exec(user ?? "") ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
