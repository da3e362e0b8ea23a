import { deltaOf } from "./delta.ts";
import type { Field } from "./field.ts";

/** What engines send, and how long they wait, when neither file nor image says anything. */
const USUAL_SIGNAL = "SIGTERM";
const USUAL_SECONDS = 10;

export const stopSignal: Field<string | undefined> = {
  key: "stop_signal",
  change: "replace",
  diff: (before, after) => deltaOf("stop_signal", before, after),
  withoutImage: (value, image) =>
    value === signal(image.stopSignal ?? USUAL_SIGNAL) ? undefined : value,
  toDocker(value, body) {
    if (value !== undefined) body.StopSignal = value;
  },
  fromDocker: ({ Config }) => (Config.StopSignal ? signal(Config.StopSignal) : undefined),
};

export const stopGraceSeconds: Field<number | undefined> = {
  key: "stop_grace_period",
  change: "replace",
  diff: (before, after) => deltaOf("stop_grace_period", seconds(before), seconds(after)),
  toDocker(value, body) {
    if (value !== undefined) body.StopTimeout = value;
  },
  fromDocker: ({ Config }) => Config.StopTimeout ?? undefined,
};

function signal(name: string): string {
  const upper = name.toUpperCase();
  return /^(SIG|[0-9])/.test(upper) ? upper : `SIG${upper}`;
}

function seconds(value: number | undefined): string {
  return `${value ?? USUAL_SECONDS}s`;
}
