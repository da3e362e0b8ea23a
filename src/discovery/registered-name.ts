/** Of a label in DNS. */
const LONGEST = 63;

interface Named {
  readonly deployment: string;
  readonly service: string;
  /** undefined: its only or its first one. */
  readonly port: string | undefined;
}

/**
 * What the catalogue has a service's port as. A name that DNS would not take is cut, and marked with what stands for
 * all of it.
 */
export function registeredName({ deployment, service, port }: Named): string {
  const name = [deployment, service, port].filter((part) => part !== undefined).join("-");
  if (name.length <= LONGEST) return name;
  const mark = hash(name);
  return `${name.slice(0, LONGEST - mark.length - 1).replace(/-+$/, "")}-${mark}`;
}

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** FNV-1a of 64 bits: not for secrets, the same everywhere. */
function hash(text: string): string {
  let value = OFFSET;
  for (const byte of new TextEncoder().encode(text)) {
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * PRIME);
  }
  return value.toString(36).padStart(13, "0");
}
