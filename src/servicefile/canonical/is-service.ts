/** Sections begin with an upper-case letter, what is ignored with `x-`. */
export function isService(key: string): boolean {
  return !/^([A-Z]|x-)/.test(key);
}
