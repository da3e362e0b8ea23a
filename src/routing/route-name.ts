const WILDCARD = "wildcard.";

/** Lower-case, without a final dot: names of hosts mean the same in any case. */
export function normalDomain(domain: string): string {
  return domain.toLowerCase().replace(/\.$/, "");
}

/** A host name, or one whose first label is `*`. */
export function isDomain(domain: string): boolean {
  return /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(
    domain,
  );
}

/**
 * `<deployment>_<domain>`, and for a path `_<path>` with `_` for each slash. Every other `_`, and all that a
 * store's key or a case-insensitive router would confuse, is written `=` and its byte in hexadecimal; so
 * different places have different names, and the text before the first `_` is the deployment.
 */
export function routeName(place: {
  readonly deployment: string;
  readonly domain: string;
  readonly path: string | undefined;
}): string {
  const path = (place.path ?? "").split("/").map(encode).join("_");
  return `${place.deployment}_${domainPart(normalDomain(place.domain))}${path}`;
}

/** What the name of a route says; undefined where no deployment can have made it. */
export function placeOf(
  name: string,
):
  | { readonly deployment: string; readonly domain: string; readonly path: string | undefined }
  | undefined {
  const [deployment = "", domain, ...segments] = name.split("_");
  if (deployment === "" || domain === undefined || domain === "") return undefined;
  const path = segments.length === 0 ? undefined : `/${segments.map(decode).join("/")}`;
  return { deployment, domain: decode(domain.replace(/^wildcard\./, "*.")), path };
}

/** Whether the route of that name is this deployment's. */
export function ownsRoute(deployment: string, name: string): boolean {
  return deployment !== "" && name.startsWith(`${deployment}_`);
}

function domainPart(domain: string): string {
  if (domain.startsWith("*.")) return `${WILDCARD}${encode(domain.slice(2))}`;
  const encoded = encode(domain);
  return encoded.startsWith(WILDCARD) ? `=77${encoded.slice(1)}` : encoded;
}

function encode(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[a-z0-9.-]/.test(character) ? character : `=${byte.toString(16).padStart(2, "0")}`;
  }).join("");
}

function decode(text: string): string {
  const bytes = text.replaceAll(/=([0-9a-f]{2})/g, (_, hex) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
