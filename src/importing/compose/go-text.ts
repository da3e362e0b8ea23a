import type { ScalarNode } from "../node.ts";

const INTEGER = /^[-+]?(\d+|0x[0-9a-fA-F]+)$/;

/** What Compose makes of a value that it needs as text: 1.10 is "1.1", and 010 is "8". */
export function goText({ value, text }: ScalarNode): string {
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number") return text;
  const [, sign = "", octal] = /^([-+]?)0o?([0-7]+)$/.exec(text) ?? [];
  if (octal !== undefined) return String(Number(`${sign}1`) * Number.parseInt(octal, 8));
  return INTEGER.test(text) && Number.isSafeInteger(value) ? String(value) : goFloat(value);
}

/** Go writes an exponent where there are more than six digits before the point, or four zeros behind it. */
function goFloat(value: number): string {
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  const padded = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits}e${exponent < 0 ? "-" : "+"}${padded}`;
}
