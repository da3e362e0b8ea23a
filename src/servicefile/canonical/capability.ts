/** Without CAP_, in upper case. */
export function capabilityIn(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}
