const MILLISECONDS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
/** Timers cannot count further than this; longer means as long as can be. */
const LONGEST = 24 * 24 * MILLISECONDS.h;

/** `300s`, `1h30m`, `500ms`, or a number of seconds, as the schema allows them. */
export function durationMilliseconds(text: string): number {
  if (/^[0-9.]+$/.test(text)) return limited(Number(text) * MILLISECONDS.s);
  const parts = text.matchAll(/([0-9.]+)(h|ms|m|s)/g);
  const total = [...parts].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * sizeOf(unit),
    0,
  );
  return limited(total);
}

function sizeOf(unit: string | undefined): number {
  return MILLISECONDS[unit as keyof typeof MILLISECONDS];
}

function limited(milliseconds: number): number {
  return Math.max(1, Math.min(Math.round(milliseconds), LONGEST));
}
