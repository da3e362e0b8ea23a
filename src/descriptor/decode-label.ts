const BASE64 = "base64:";
const LONGEST = 256 * 1024;

export type Decoded = { readonly text: string } | { readonly problem: string };

/** The label's text in the clear, or why there is none. */
export function decodeLabel(label: string): Decoded {
  if (label.length > LONGEST) return { problem: "is longer than 256 KB" };
  const text = label.trim();
  if (!text.startsWith(BASE64)) return text === "" ? { problem: "is empty" } : { text };
  const decoded = fromBase64(text.slice(BASE64.length).replaceAll(/\s/g, ""));
  if (decoded === undefined)
    return { problem: "begins with base64: but is not base64 of UTF-8 text" };
  return decoded.trim() === "" ? { problem: "is empty" } : { text: decoded };
}

function fromBase64(encoded: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
