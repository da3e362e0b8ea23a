import type { Model } from "../model.ts";
import { Secret, type Text } from "../secret.ts";

/** What a revision keeps. */
export interface Snapshot {
  /** undefined: nothing was deployed yet. */
  readonly model: Model | undefined;
  /** Everything below the deployment's `config/`; undefined: an earlier Axon did not keep it. */
  readonly config: Readonly<Record<string, Text>> | undefined;
}

/**
 * JSON of the whole, with its secrets in the clear: for sealing, and nothing else. What JSON cannot
 * say is an object with the key "$".
 */
export function encodeSnapshot({ model, config }: Snapshot): string {
  return JSON.stringify({ version: 1, model: pack(model), config: pack(config) });
}

/** Throws for what `encodeSnapshot` of this version has not made. */
export function decodeSnapshot(text: string): Snapshot {
  const { version, model, config } = JSON.parse(text) as Record<string, unknown>;
  if (version !== 1) throw new Error(`it is of version ${version}`);
  return {
    model: unpack(model) as Snapshot["model"],
    config: unpack(config) as Snapshot["config"],
  };
}

type Marked =
  | { readonly $: "undefined" }
  | { readonly $: "secret"; readonly value: string }
  /** One that has the key "$" itself. */
  | { readonly $: "object"; readonly entries: readonly (readonly [string, unknown])[] };

function pack(value: unknown): unknown {
  if (value === undefined) return { $: "undefined" } satisfies Marked;
  if (value instanceof Secret) return { $: "secret", value: value.reveal() } satisfies Marked;
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, pack(item)] as const);
  return Object.hasOwn(value, "$")
    ? ({ $: "object", entries } satisfies Marked)
    : Object.fromEntries(entries);
}

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== "object" || value === null) return value;
  if (Object.hasOwn(value, "$")) return unpackMarked(value as Marked);
  return unpackEntries(Object.entries(value));
}

function unpackMarked(marked: Marked): unknown {
  switch (marked.$) {
    case "undefined":
      return undefined;
    case "secret":
      return new Secret(marked.value);
    case "object":
      return unpackEntries(marked.entries);
  }
}

function unpackEntries(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries.map(([key, item]) => [key, unpack(item)] as const));
}
