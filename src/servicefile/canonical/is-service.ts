/** Sections begin with an upper-case letter, what is ignored with `x-`. */
export function isService(key: string): boolean {
  return !/^([A-Z]|x-)/.test(key);
}

/** The section of named one-shots has two names. */
export function isExec(key: string): boolean {
  return key === "Exec" || key === "Run";
}
