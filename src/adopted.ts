import type { AdoptedInstance } from "./live.ts";

type Adopted = Readonly<Record<string, AdoptedInstance>>;

export function encodeAdopted(adopted: Adopted): string {
  return JSON.stringify(adopted, undefined, 2);
}

/** What cannot be read is nothing: a container that is not known is left alone. */
export function decodeAdopted(text: string | undefined): Adopted {
  const entries = Object.entries(parse(text ?? ""));
  return Object.fromEntries(
    entries.flatMap(([id, value]) => (isInstance(value) ? [[id, value] as const] : [])),
  );
}

function isInstance(value: unknown): value is AdoptedInstance {
  if (typeof value !== "object" || value === null) return false;
  const { service, instance } = value as Partial<AdoptedInstance>;
  return typeof service === "string" && Number.isInteger(instance);
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
