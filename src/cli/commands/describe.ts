import type { Descriptor } from "../../descriptor/descriptor.ts";
import { inheritedLabel } from "../../descriptor/inherited-label.ts";
import { readDescriptor } from "../../descriptor/read-descriptor.ts";
import { describeAsJson, renderDescriptor } from "../../descriptor/render-descriptor.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ImageFacts } from "../../live.ts";
import type { Context } from "../context.ts";
import { pullNotice } from "../output/pull-notice.ts";
import { resolveImage } from "../resolve-images.ts";

export interface DescribeOptions {
  readonly image: string;
  readonly docker: string | undefined;
  readonly json: boolean;
}

/** Shows what an image says about itself. */
export async function runDescribe(options: DescribeOptions, context: Context): Promise<number> {
  const engine = await context.openEngine(options.docker);
  try {
    await engine.version(context.stop);
    const onEvent = pullNotice(context);
    const image = await resolveImage(options.image, { engine, signal: context.stop, onEvent });
    const descriptor = await withInherited(readDescriptor(image), { image, engine }, context);
    context.stdout.write(
      options.json
        ? `${JSON.stringify(describeAsJson(image, descriptor), undefined, 2)}\n`
        : renderDescriptor(image, descriptor),
    );
    return 0;
  } finally {
    await engine.close();
  }
}

interface Described {
  readonly image: ImageFacts;
  readonly engine: Engine;
}

/** Told as well: that the label is that of an image from which this one is built. */
async function withInherited(
  descriptor: Descriptor | undefined,
  { image, engine }: Described,
  { stop }: Context,
): Promise<Descriptor | undefined> {
  if (descriptor === undefined) return undefined;
  const { label } = descriptor;
  const same = await engine.findImages({ name: label, text: image.labels[label] ?? "" }, stop);
  const found = await Promise.all(same.map((reference) => engine.inspectImage(reference, stop)));
  const others = found.filter((other) => other !== undefined);
  const inherited = inheritedLabel(image, label, others);
  if (inherited === undefined) return descriptor;
  return { ...descriptor, notices: [...descriptor.notices, inherited] };
}
