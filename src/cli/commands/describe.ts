import { readDescriptor } from "../../descriptor/read-descriptor.ts";
import { describeAsJson, renderDescriptor } from "../../descriptor/render-descriptor.ts";
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
    const descriptor = readDescriptor(image);
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
