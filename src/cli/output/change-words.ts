import type { Change } from "../../plan/plan.ts";

const DOING: Readonly<Record<Change["action"], string>> = {
  create: "creating",
  update: "updating",
  replace: "replacing",
  start: "starting",
  run: "running",
  remove: "removing",
  adopt: "adopting",
};

const DONE: Readonly<Record<Change["action"], string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  start: "started",
  run: "done",
  remove: "removed",
  adopt: "adopted",
};

export function doingWord({ action }: Change): string {
  return DOING[action];
}

export function doneWord({ action }: Change): string {
  return DONE[action];
}

export function waitingWords(whatFor: string): string {
  return `waiting for ${whatFor} to be healthy`;
}

/** `website`, `network shop`, `init-region of rock77/website`. */
export function titleOf({ resource, name, address }: Change): string {
  if (resource === "service") return name;
  if (resource === "task")
    return address.startsWith("task.init.") ? `init-region of ${name}` : name;
  return `${resource} ${name}`;
}

/** Of what is no change: `db` for `service.db`. */
export function instanceTitle(address: string): string {
  return address.replace(/^service\./, "");
}

/** A failure as one sentence; many messages begin with the name of what failed already. */
export function failureText(title: string, message: string): string {
  return message.startsWith(`${title} `) ? message : `${title}: ${message}`;
}

/** An ISO time without what a reader does not need of it. */
export function toSeconds(time: string): string {
  return time.replace(/\.\d+Z$/, "Z");
}

/** `0.4 s`, `12 s`. */
export function seconds(milliseconds: number): string {
  const value = milliseconds / 1000;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
}
