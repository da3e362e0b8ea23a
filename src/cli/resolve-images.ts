import type { Engine } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { AxonEvent } from "../events.ts";
import type { ImageFacts } from "../live.ts";
import type { Servicefile } from "../servicefile/servicefile.ts";

interface Resolve {
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly onEvent: (event: AxonEvent) => void;
}

/** Every image is found or pulled before anything else happens; one that cannot be had ends the run. */
export async function resolveImages(
  servicefile: Servicefile,
  context: Resolve,
): Promise<Record<string, ImageFacts>> {
  const services = Object.values(servicefile.services);
  const references = [...new Set(services.map(({ image }) => image))].sort();
  const found = await Promise.all(
    references.map(async (reference) => {
      const user = services.find(({ image }) => image === reference);
      const at = user && servicefile.locate([user.key, "image"]);
      return [reference, await resolveImage(reference, context, at)] as const;
    }),
  );
  return Object.fromEntries(found);
}

export async function resolveImage(
  reference: string,
  { engine, signal, onEvent }: Resolve,
  at?: ReturnType<Servicefile["locate"]>,
): Promise<ImageFacts> {
  const there = await engine.inspectImage(reference, signal);
  if (there !== undefined) return there;
  onEvent({ kind: "image.pulling", reference });
  try {
    await engine.pullImage(reference, signal);
  } catch (problem) {
    if (!(problem instanceof AxonError) || problem.code !== "IMAGE_UNAVAILABLE") throw problem;
    throw new AxonError(problem.code, problem.message, { hint: problem.hint, cause: problem, at });
  }
  const pulled = await engine.inspectImage(reference, signal);
  if (pulled !== undefined) return pulled;
  throw new AxonError("IMAGE_UNAVAILABLE", `image ${reference} is not there after it was pulled`, {
    at,
  });
}
