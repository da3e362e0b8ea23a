import { own } from "../own.ts";
import { looksSecret, reveal, Secret, type Text } from "../secret.ts";

/** What somebody wants of one key below a deployment's `config/`. */
export type KeyEdit =
  | {
      readonly kind: "put";
      readonly key: string;
      readonly value: string;
      /** Not for showing, although its name does not say so. What is marked stays so. */
      readonly sensitive: boolean;
    }
  | { readonly kind: "delete"; readonly key: string };

export interface KeyChange {
  readonly key: string;
  readonly action: "create" | "update" | "remove";
  readonly before: Text | undefined;
  /** undefined: it goes. */
  readonly after: Text | undefined;
  /** It is marked as sensitive from now on. */
  readonly marks: boolean;
  /** The Servicefile has this key. */
  readonly isOwned: boolean;
}

interface Known {
  readonly config: Readonly<Record<string, Text>>;
  readonly owned: readonly string[];
  readonly marked: readonly string[];
}

/** What the edits change of what is there, sorted by key; empty: nothing. */
export function diffKeys(edits: readonly KeyEdit[], known: Known): readonly KeyChange[] {
  return edits
    .flatMap((edit): readonly KeyChange[] => {
      const change = changeOf(edit, known);
      return change === undefined ? [] : [change];
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function changeOf(edit: KeyEdit, { config, owned, marked }: Known): KeyChange | undefined {
  const { key } = edit;
  const before = own(config, key);
  const isOwned = owned.includes(key);
  if (edit.kind === "delete") {
    if (before === undefined) return undefined;
    return { key, action: "remove", before, after: undefined, marks: false, isOwned };
  }
  // What the Servicefile says of its own keys is enough.
  const isKnown = looksSecret(key) || marked.includes(key) || (isOwned && before instanceof Secret);
  const marks = edit.sensitive && !isKnown;
  if (before !== undefined && reveal(before) === edit.value && !marks) return undefined;
  const isSecret = edit.sensitive || looksSecret(key) || before instanceof Secret;
  const after = isSecret ? new Secret(edit.value) : edit.value;
  return { key, action: before === undefined ? "create" : "update", before, after, marks, isOwned };
}
