import { deltaOf, recordDeltas } from "./delta.ts";
import { markGiven } from "./given.ts";
import { given, pathsOf } from "./labels.ts";
import { NOTHING } from "./nothing.ts";
import type { ResourceField } from "./resource-field.ts";

/** What networks and volumes have in common in the engine's API. */
interface Body {
  Driver?: string;
  Labels?: Record<string, string> | null;
}

/** `usual`: the driver that the engine takes where none is given. */
export function driverRow<B extends Body>(usual: string): ResourceField<string | undefined, B> {
  return {
    key: "driver",
    diff: (before = usual, after = usual) => deltaOf("driver", before, after),
    toDocker(value, body) {
      if (value !== undefined) body.Driver = value;
    },
    fromDocker: ({ Driver }) => (Driver === usual ? undefined : Driver || undefined),
  };
}

export function labelsRow<B extends Body>(): ResourceField<Readonly<Record<string, string>>, B> {
  return {
    key: "labels",
    diff: (before, after) => recordDeltas("labels", before, after),
    toDocker(value, body) {
      body.Labels = { ...body.Labels, ...value };
      markGiven(pathsOf("labels", value), body);
    },
    fromDocker: ({ Labels }, isGiven) => given("labels", Labels ?? NOTHING, isGiven),
  };
}
