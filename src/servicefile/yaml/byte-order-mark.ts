/** Some editors begin a file with a byte order mark. It is no part of the text, and in no column. */
export function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}
