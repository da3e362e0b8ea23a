import { AxonError } from "../../errors.ts";
import type { EngineVersion } from "../engine.ts";
import type { DockerCall, DockerClient } from "./docker-client.ts";
import { isStatus, NotAnEngine } from "./docker-errors.ts";
import type { DockerVersion } from "./docker-responses.ts";

const ANSWER_WITHIN = 4000;

/** The first question to an address of which nothing is known yet. */
export async function readVersion(
  client: DockerClient,
  signal: AbortSignal,
): Promise<EngineVersion> {
  const call = { doing: "ask for the version", answerWithin: ANSWER_WITHIN, signal };
  const { Version, ApiVersion } = await ask(client, call);
  if (!Version || !ApiVersion) throw client.failure(new NotAnEngine(), call);
  return { name: "docker", version: Version, apiVersion: ApiVersion };
}

async function ask(client: DockerClient, call: DockerCall): Promise<Partial<DockerVersion>> {
  try {
    return (await client.json<Partial<DockerVersion>>("GET /version", call)) ?? {};
  } catch (error) {
    if (isStatus(error, 401, 403)) {
      throw new AxonError("ENGINE_DENIED", "the engine does not let you in", { cause: error });
    }
    if (!(error instanceof AxonError) || error.code !== "ENGINE_REFUSED") throw error;
    throw client.failure(new NotAnEngine({ cause: error }), call);
  }
}
