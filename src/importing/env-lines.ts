import { literal, type Out } from "./out.ts";

/** `NAME=value` lines that are taken as they are: quotes belong to the value. */
export function rawEntries(text: string): readonly (readonly [string, Out])[] {
  const lines = text.split(/\r?\n/).filter((line) => /^[^#=][^=]*=/.test(line));
  return lines.map((line) => {
    const at = line.indexOf("=");
    return [line.slice(0, at).trim(), literal(line.slice(at + 1))];
  });
}
