import type { IncomingMessage } from "node:http";
import { AxonError } from "../../errors.ts";
import { type DockerCall, type DockerClient, hidden } from "./docker-client.ts";
import { LineSplitter } from "./lines.ts";
import { authHeader, type FindCredentials, registryOf, secretOf } from "./registry-auth.ts";

export interface PullRequest {
  readonly reference: string;
  readonly platform: string | undefined;
  readonly credentials: FindCredentials;
  readonly signal: AbortSignal;
}

export async function pullImage(client: DockerClient, request: PullRequest): Promise<void> {
  const { reference, platform, signal } = request;
  const { name, tag } = splitReference(reference);
  const call: DockerCall = {
    doing: `pull ${reference}`,
    query: { fromImage: name, tag, ...(platform !== undefined && { platform }) },
    ...(await authOf(request)),
    signal,
  };
  try {
    const failure = await lastFailure(await client.stream("POST /images/create", call));
    if (failure !== undefined) throw unavailable(reference, new Error(hidden(failure, call.hide)));
  } catch (error) {
    const failure = client.failure(error, call);
    const isRefusal = failure instanceof AxonError && failure.code === "ENGINE_REFUSED";
    throw isRefusal ? unavailable(reference, failure.cause) : failure;
  }
}

/** Without a tag the engine would fetch all of them. */
export function splitReference(reference: string): { name: string; tag: string } {
  const [tagged = "", digest] = reference.split("@", 2);
  const colon = tagged.indexOf(":", tagged.lastIndexOf("/") + 1);
  const name = colon === -1 ? tagged : tagged.slice(0, colon);
  return { name, tag: digest ?? (colon === -1 ? "latest" : tagged.slice(colon + 1)) };
}

async function authOf({ reference, credentials, signal }: PullRequest) {
  const registry = registryOf(reference);
  const found = await credentials(registry, signal);
  return found && { headers: authHeader(registry, found), hide: [secretOf(found)] };
}

/** The engine reports progress as JSON lines, and failure as one of them. */
async function lastFailure(response: IncomingMessage): Promise<string | undefined> {
  let failure: string | undefined;
  const lines = new LineSplitter((text) => {
    const { error } = JSON.parse(text) as { error?: string };
    if (error !== undefined) failure = error;
  });
  for await (const chunk of response) lines.write(chunk);
  lines.end();
  return failure;
}

function unavailable(reference: string, cause: unknown): AxonError {
  const reason = cause instanceof Error ? cause.message.trim().replace(/\s+/g, " ") : String(cause);
  const isRefused = /unauthorized|denied|authentication|credentials/i.test(reason);
  return new AxonError("IMAGE_UNAVAILABLE", `cannot pull ${reference}: ${reason}`, {
    hint: isRefused
      ? "check the image's name, and log in to its registry with `docker login`"
      : "check the image's name, or bring it to the engine by other means",
    cause,
  });
}
