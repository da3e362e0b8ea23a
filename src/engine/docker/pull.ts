import type { IncomingMessage } from "node:http";
import { AxonError } from "../../errors.ts";
import type { DockerCall, DockerClient } from "./docker-client.ts";
import { LineSplitter } from "./lines.ts";

export async function pullImage(
  client: DockerClient,
  reference: string,
  signal: AbortSignal,
): Promise<void> {
  const { name, tag } = splitReference(reference);
  const call: DockerCall = {
    doing: `pull ${reference}`,
    query: { fromImage: name, tag },
    signal,
  };
  try {
    const failure = await lastFailure(await client.stream("POST /images/create", call));
    if (failure !== undefined) throw unavailable(reference, failure);
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

/** The engine reports progress as JSON lines, and failure as one of them. */
async function lastFailure(response: IncomingMessage): Promise<Error | undefined> {
  let failure: Error | undefined;
  const lines = new LineSplitter((text) => {
    const { error } = JSON.parse(text) as { error?: string };
    if (error !== undefined) failure = new Error(error);
  });
  for await (const chunk of response) lines.write(chunk);
  lines.end();
  return failure;
}

function unavailable(reference: string, cause: unknown): AxonError {
  const reason = cause instanceof Error ? cause.message.trim().replace(/\s+/g, " ") : String(cause);
  return new AxonError("IMAGE_UNAVAILABLE", `cannot pull ${reference}: ${reason}`, {
    hint: "check the image's name, or bring it to the engine by other means",
    cause,
  });
}
