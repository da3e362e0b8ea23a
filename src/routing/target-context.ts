import { AxonError } from "../errors.ts";
import type { DomainEntry, DomainTarget } from "../servicefile/servicefile.ts";
import type { RoutingInput, RoutingReport } from "./routing-input.ts";

/** One domain of the file with the target it has, and what is needed to say what is wrong with it. */
export interface TargetContext {
  readonly input: RoutingInput;
  readonly report: RoutingReport;
  /** Key in the `Domains` section. */
  readonly key: string;
  readonly entry: DomainEntry;
  readonly target: DomainTarget;
}

export function targetUnknown(context: TargetContext, message: string, hint?: string): void {
  const { input, key, entry, report } = context;
  report.error(
    new AxonError("DOMAIN_TARGET_UNKNOWN", `${key}: ${message}`, {
      at: input.locate([...entry.at, kindOf(context)]),
      hint,
    }),
  );
}

/** By which key of the domain the target is given. */
export function kindOf({ entry }: TargetContext): "http" | "tcp" {
  return entry.tcp === undefined ? "http" : "tcp";
}

/** The port that is meant when none is named: the one with the kind's name, or the only one. */
export function choosePort<T>(
  candidates: readonly (readonly [string, T])[],
  kind: string,
  preferred: (port: T) => boolean,
): readonly [string, T] | undefined {
  const named = candidates.find(([name]) => name === kind);
  const fitting = candidates.filter(([, port]) => preferred(port));
  if (named) return named;
  if (fitting.length === 1) return fitting[0];
  return candidates.length === 1 ? candidates[0] : undefined;
}

export function thereAre(ports: readonly string[]): string {
  return ports.length === 0 ? "it has none" : `it has: ${ports.join(", ")}`;
}
