import type { ContainerSpec, Healthcheck } from "../model.ts";
import { deltaOf, sameList } from "./delta.ts";
import type { DockerHealthcheck } from "./docker-api.ts";
import type { AttributeValue, Delta, Field } from "./field.ts";
import { NONE } from "./nothing.ts";

const NANOSECONDS = 1_000_000;
const USUAL_MILLISECONDS = 30_000;
const USUAL_RETRIES = 3;

export const healthcheck: Field<ContainerSpec["healthcheck"]> = {
  key: "healthcheck",
  change: "replace",
  diff(before, after) {
    if (!isCheck(before) || !isCheck(after)) {
      return deltaOf("healthcheck", brief(before), brief(after));
    }
    return checkDeltas(asRun(before), asRun(after));
  },
  since: (value) =>
    isCheck(value) && value.startInterval !== undefined
      ? [{ path: ["healthcheck", "start_interval"], what: "start_interval", api: "1.44" }]
      : NONE,
  withoutImage(value, image) {
    if (value === "none") return image.hasHealthcheck ? value : undefined;
    if (value === undefined || image.healthcheck === undefined) return value;
    const filled = fillFrom(image.healthcheck, value);
    return sameCheck(filled, image.healthcheck) ? undefined : filled;
  },
  toDocker(value, body) {
    if (value === "none") body.Healthcheck = { Test: ["NONE"] };
    else if (value) body.Healthcheck = toDockerCheck(value);
  },
  fromDocker: ({ Config }) => healthcheckFrom(Config.Healthcheck),
};

/** What the engine does where nothing is given. */
function asRun(check: Healthcheck): Healthcheck {
  const { interval, timeout, retries } = check;
  return {
    ...check,
    interval: interval || USUAL_MILLISECONDS,
    timeout: timeout || USUAL_MILLISECONDS,
    retries: retries || USUAL_RETRIES,
  };
}

function checkDeltas(before: Healthcheck, after: Healthcheck): readonly Delta[] {
  return [
    ...deltaOf("healthcheck.test", testOf(before.test), testOf(after.test)),
    ...deltaOf("healthcheck.interval", seconds(before.interval), seconds(after.interval)),
    ...deltaOf("healthcheck.timeout", seconds(before.timeout), seconds(after.timeout)),
    ...deltaOf("healthcheck.retries", before.retries, after.retries),
    ...deltaOf("healthcheck.start_period", seconds(before.startPeriod), seconds(after.startPeriod)),
    ...deltaOf(
      "healthcheck.start_interval",
      startInterval(before.startInterval),
      startInterval(after.startInterval),
    ),
  ];
}

/**
 * A probe that Axon wrote is told by what it probes: another Axon may write it in another way, and that is no
 * reason to replace anything.
 */
function testOf(test: readonly string[]): AttributeValue {
  return probedUrl(test) ?? test;
}

/** What a probe that Axon wrote probes: `http://127.0.0.1:80/health`, `tcp://127.0.0.1:6379`. */
export function probedUrl(test: readonly string[]): string | undefined {
  return /^: axon-probe '([^']+)'; /.exec(test[1] ?? "")?.[1];
}

/** Of a container or of an image: both are written alike. */
export function healthcheckFrom(check: DockerHealthcheck | null | undefined) {
  const test = check?.Test ?? [];
  if (!check || test.length === 0) return undefined;
  if (test[0] === "NONE") return "none";
  return {
    test,
    interval: (check.Interval ?? 0) / NANOSECONDS,
    timeout: (check.Timeout ?? 0) / NANOSECONDS,
    startPeriod: (check.StartPeriod ?? 0) / NANOSECONDS,
    retries: check.Retries ?? 0,
    ...(check.StartInterval && { startInterval: check.StartInterval / NANOSECONDS }),
  };
}

function toDockerCheck(check: Healthcheck): DockerHealthcheck {
  return {
    Test: [...check.test],
    Interval: check.interval * NANOSECONDS,
    Timeout: check.timeout * NANOSECONDS,
    StartPeriod: check.startPeriod * NANOSECONDS,
    Retries: check.retries,
    ...(check.startInterval !== undefined && { StartInterval: check.startInterval * NANOSECONDS }),
  };
}

/** As Docker does it: what is zero comes from the image. */
function fillFrom(own: Healthcheck, check: Healthcheck): Healthcheck {
  const interval = check.startInterval ?? own.startInterval;
  return {
    test: check.test.length > 0 ? check.test : own.test,
    interval: check.interval || own.interval,
    timeout: check.timeout || own.timeout,
    startPeriod: check.startPeriod || own.startPeriod,
    retries: check.retries || own.retries,
    ...(interval !== undefined && { startInterval: interval }),
  };
}

function sameCheck(a: Healthcheck, b: Healthcheck): boolean {
  return (
    sameList(a.test, b.test) &&
    a.interval === b.interval &&
    a.timeout === b.timeout &&
    a.startPeriod === b.startPeriod &&
    a.retries === b.retries &&
    startInterval(a.startInterval) === startInterval(b.startInterval)
  );
}

function isCheck(value: ContainerSpec["healthcheck"]): value is Healthcheck {
  return typeof value === "object";
}

function brief(value: ContainerSpec["healthcheck"]): AttributeValue | undefined {
  return isCheck(value) ? testOf(value.test) : value;
}

/** The engine's is 5 s, whether it is said or not. */
function startInterval(milliseconds = 5000): string {
  return seconds(milliseconds);
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000}s`;
}
