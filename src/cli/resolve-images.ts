import type { Engine } from "../engine/engine.ts";
import { AxonError, type SourcePosition } from "../errors.ts";
import type { AxonEvent } from "../events.ts";
import type { ImageFacts } from "../live.ts";
import type { Servicefile } from "../servicefile/servicefile.ts";
import { type ImageWish, isFor, type PullOptions, wishesOf } from "./image-wishes.ts";

interface Resolve {
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly onEvent: (event: AxonEvent) => void;
}

/** Every image is found or pulled before anything else happens; one that cannot be had ends the run. */
export async function resolveImages(
  servicefile: Servicefile,
  { pull, ...context }: Resolve & PullOptions,
): Promise<Record<string, ImageFacts>> {
  const found = await Promise.all(
    wishesOf(servicefile, { pull }).map(async ({ user, ...wish }) => {
      const facts = await resolveImage(wish.reference, context, {
        ...wish,
        at: (key) => servicefile.locate([user.key, key]),
      });
      return [wish.reference, facts] as const;
    }),
  );
  return Object.fromEntries(found);
}

interface Told {
  readonly pullPolicy?: ImageWish["pullPolicy"];
  readonly platform?: string | undefined;
  /** Where a key of the service stands that uses it. */
  readonly at?: ((key: "image" | "platform" | "pull_policy") => SourcePosition) | undefined;
}

export async function resolveImage(
  reference: string,
  context: Resolve,
  { pullPolicy = "missing", platform, at }: Told = {},
): Promise<ImageFacts> {
  const there = await context.engine.inspectImage(reference, context.signal);
  const fits = there !== undefined && isFor(there, platform);
  if (fits && pullPolicy !== "always") return there;
  if (pullPolicy === "never") throw mayNotPull(reference, { there, platform, at });
  await pull(reference, context, { platform, at, isThere: fits });
  const pulled = await context.engine.inspectImage(reference, context.signal);
  if (pulled !== undefined && isFor(pulled, platform)) return pulled;
  const message =
    pulled === undefined
      ? `image ${reference} is not there after it was pulled`
      : `image ${reference} is for ${pulled.platform}, and not for ${platform}`;
  throw new AxonError("IMAGE_UNAVAILABLE", message, {
    at: at?.(pulled === undefined ? "image" : "platform"),
  });
}

async function pull(
  reference: string,
  { engine, signal, onEvent }: Resolve,
  { platform, at, isThere }: Told & { readonly isThere: boolean },
): Promise<void> {
  onEvent({ kind: "image.pulling", reference });
  try {
    await engine.pullImage(reference, signal, platform);
  } catch (problem) {
    if (!(problem instanceof AxonError) || problem.code !== "IMAGE_UNAVAILABLE") throw problem;
    const { code, message } = problem;
    const hint = isThere ? KEEP_IT : problem.hint;
    throw new AxonError(code, message, { hint, cause: problem, at: at?.("image") });
  }
}

const KEEP_IT = 'The engine has it: "pull_policy: never" takes it as it is.';

function mayNotPull(
  reference: string,
  { there, platform, at }: Told & { readonly there: ImageFacts | undefined },
): AxonError {
  const what = there === undefined ? "is not there" : `is for ${there.platform}, not ${platform}`;
  return new AxonError("IMAGE_UNAVAILABLE", `image ${reference} ${what}, and must not be pulled`, {
    at: at?.("pull_policy"),
    hint: 'Bring it to the engine, or take "pull_policy: never" out.',
  });
}
