/** What is not given, always the same one: two fields with it are equal without being looked into. */
export const NONE: readonly never[] = Object.freeze([]);
export const NOTHING: Readonly<Record<string, never>> = Object.freeze({});
