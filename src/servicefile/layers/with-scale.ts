import { AxonError, type SourcePosition } from "../../errors.ts";
import { recordOf } from "../canonical/record-of.ts";
import { nearest } from "../nearest.ts";
import type { Servicefile } from "../servicefile.ts";

/** Instances by service, and where that is said. */
export type Scale = Readonly<
  Record<string, { readonly count: number; readonly at: SourcePosition }>
>;

/** The services with the numbers of instances that a target gives. */
export function withScale(
  services: Servicefile["services"],
  scale: Scale,
  tell: (error: AxonError) => void,
): Servicefile["services"] {
  const scaled = Object.entries(scale).flatMap(([name, { count, at }]) => {
    const service = Object.hasOwn(services, name) ? services[name] : undefined;
    if (service !== undefined) return [[name, { ...service, scale: count }] as const];
    const near = nearest(name, Object.keys(services));
    const hint = near ? `did you mean "${near}"?` : undefined;
    const message = `scale is given for ${JSON.stringify(name)}, which is no service`;
    tell(new AxonError("TARGET_INVALID", message, { hint, at }));
    return [];
  });
  return recordOf([...Object.entries(services), ...scaled]);
}
