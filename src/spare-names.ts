/** What containers are called while one takes another's place. */
export interface SpareNames {
  /** The one that is to take the place, until it is good. */
  readonly next: string;
  /** The one whose place was taken, until it is gone. */
  readonly old: string;
}

export function spareNames(name: string): SpareNames {
  return { next: `${name}-next`, old: `${name}-old` };
}

/** The name that a container has by itself, or is to have, or had. */
export function lastingName(name: string): string {
  return name.replace(/-(?:next|old)$/, "");
}
