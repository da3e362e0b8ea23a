import type { AxonEvent } from "../../events.ts";
import type { Context } from "../context.ts";

/** Tells on stderr what takes long before there is a plan. */
export function pullNotice({ stderr }: Context): (event: AxonEvent) => void {
  return (event) => {
    if (event.kind === "image.pulling") stderr.write(`pulling ${event.reference}\n`);
  };
}
