/** undefined: there is none, or nobody can read it. */
export function decodeCurrentRevision(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
