import type { Engine } from "../engine/engine.ts";
import { AxonError } from "../errors.ts";
import type { Operation, Plan } from "../plan/plan.ts";

interface WayBack {
  readonly plan: Plan;
  /** Number of the revision that it leads to. */
  readonly revision: number;
}

/** A tag may have moved, so images are known by content; those that are needed must still be on the engine. */
export async function checkImages(
  { plan, revision }: WayBack,
  engine: Engine,
  signal: AbortSignal,
): Promise<void> {
  const needed = new Map(plan.operations.flatMap(imageOf).map((image) => [image.id, image]));
  await Promise.all(
    [...needed.values()].map(async ({ id, reference }) => {
      if ((await engine.inspectImage(id, signal)) !== undefined) return;
      throw new AxonError(
        "IMAGE_UNAVAILABLE",
        `revision ${revision} ran ${reference} as ${id.slice(0, 19)}, which the engine does not have any more`,
        { hint: "Pull it by its digest, or roll back to a later revision." },
      );
    }),
  );
}

function imageOf(operation: Operation) {
  if (operation.kind === "container.create") return [operation.spec.image];
  return operation.kind === "task.run" ? [operation.task.container.image] : [];
}
