import { AxonError } from "../../errors.ts";
import type { EngineVersion } from "../engine.ts";
import type { DockerCall, DockerClient } from "./docker-client.ts";
import { isStatus, NotAnEngine } from "./docker-errors.ts";

const ANSWER_WITHIN = 4000;
/** `Docker/20.10.24 (linux)` */
const SERVER = /^\S+?\/(\S+)/;

/**
 * The first question to an address of which nothing is known yet. Not `/version`, for which the engine
 * starts programs to ask them for theirs: 10 to 15 ms.
 */
export async function readVersion(
  client: DockerClient,
  signal: AbortSignal,
): Promise<EngineVersion> {
  const call = { doing: "ask for the version", answerWithin: ANSWER_WITHIN, signal };
  const headers = await ask(client, call);
  const apiVersion = headers["api-version"];
  if (typeof apiVersion !== "string") throw client.failure(new NotAnEngine(), call);
  return { version: SERVER.exec(String(headers.server ?? ""))?.[1], apiVersion };
}

async function ask(client: DockerClient, call: DockerCall) {
  try {
    return await client.headers("GET /_ping", call);
  } catch (error) {
    if (isStatus(error, 401, 403)) {
      throw new AxonError("ENGINE_DENIED", "the engine does not let you in", { cause: error });
    }
    if (!(error instanceof AxonError) || error.code !== "ENGINE_REFUSED") throw error;
    throw client.failure(new NotAnEngine({ cause: error }), call);
  }
}
