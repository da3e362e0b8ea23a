import type { Delta } from "../fields/field.ts";
import type { AttributeChange, Change, Operation } from "./plan.ts";

/** A part of a plan that belongs together. */
export interface Piece {
  readonly changes: readonly Change[];
  readonly operations: readonly Operation[];
}

export const NOTHING: Piece = { changes: [], operations: [] };

export function join(pieces: readonly Piece[]): Piece {
  return {
    changes: pieces.flatMap(({ changes }) => changes),
    operations: pieces.flatMap(({ operations }) => operations),
  };
}

export function idsOf({ operations }: Piece): string[] {
  return operations.filter(({ onFailureOf }) => onFailureOf === undefined).map(({ id }) => id);
}

/** What goes, of which there is nothing to say but why. */
export function removal(facts: Pick<Change, "address" | "resource" | "name" | "cause">): Change {
  return {
    ...facts,
    action: "remove",
    section: { kind: "removal" },
    attributes: [],
    unchanged: 0,
  };
}

export interface AttributeFacts {
  readonly forces?: boolean;
  readonly drift?: boolean;
}

export function attributeOf(
  delta: Delta,
  { forces = false, drift = false }: AttributeFacts = {},
): AttributeChange {
  const { path, before, after, sensitive = false, note } = delta;
  return { path, before, after, sensitive, forcesReplacement: forces, drift, note };
}

export function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
