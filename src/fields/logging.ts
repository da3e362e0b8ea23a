import { deltaOf, recordDeltas } from "./delta.ts";
import type { Field } from "./field.ts";
import { givenIn, markGiven } from "./given.ts";
import { given, pathsOf } from "./labels.ts";
import { NOTHING } from "./nothing.ts";

const DRIVER = "logging.driver";
const OPTIONS = "logging.options";

/** The engine fills in its own driver where none is given, and its own options where it is that driver. */
export const logDriver: Field<string | undefined> = {
  key: "logging",
  change: "replace",
  diff: (before, after) => deltaOf(DRIVER, before, after),
  toDocker(value, body) {
    if (value === undefined) return;
    body.HostConfig.LogConfig = { ...body.HostConfig.LogConfig, Type: value };
    markGiven([DRIVER], body);
  },
  fromDocker(container) {
    const isGiven = givenIn(container);
    if (isGiven && !isGiven(DRIVER)) return undefined;
    return container.HostConfig.LogConfig?.Type || undefined;
  },
};

export const logOptions: Field<Readonly<Record<string, string>>> = {
  key: "logging",
  change: "replace",
  diff: (before, after) => recordDeltas(OPTIONS, before, after),
  toDocker(value, body) {
    if (Object.keys(value).length === 0) return;
    const { Type = "" } = body.HostConfig.LogConfig ?? {};
    body.HostConfig.LogConfig = { Type, Config: { ...value } };
    markGiven(pathsOf(OPTIONS, value), body);
  },
  fromDocker: (container) =>
    given(OPTIONS, container.HostConfig.LogConfig?.Config ?? NOTHING, givenIn(container)),
};
