import type { DockerClient } from "./docker-client.ts";

export interface LinkRequest {
  readonly container: string;
  readonly path: string;
  readonly signal: AbortSignal;
}

/** The header in which the engine tells what is at a path: JSON in base64. */
const STAT_HEADER = "x-docker-container-path-stat";

/** What is at the path, without its content: for that, the engine would start a process. */
export async function readLink(
  client: DockerClient,
  { container, path, signal }: LinkRequest,
): Promise<string | undefined> {
  const doing = `look into container ${container.slice(0, 12)}`;
  const endpoint = `HEAD /containers/${container}/archive` as const;
  const headers = await client.headers(endpoint, { doing, query: { path }, signal });
  return linkedName(headers);
}

/** The last part of where the link leads; undefined: it is no link. */
export function linkedName(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): string | undefined {
  const target = targetOf(headers[STAT_HEADER]);
  return target?.slice(target.lastIndexOf("/") + 1) || undefined;
}

function targetOf(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== "string") return undefined;
  const stat: unknown = JSON.parse(Buffer.from(header, "base64").toString());
  const target = (stat as { linkTarget?: unknown } | null)?.linkTarget;
  return typeof target === "string" ? target : undefined;
}
