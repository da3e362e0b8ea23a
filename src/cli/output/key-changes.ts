import type { KeyChange } from "../../keys/key-change.ts";
import { attributeOf } from "../../plan/piece.ts";
import type { Change } from "../../plan/plan.ts";
import { type Paint, renderChanges } from "../../plan/render-text.ts";
import { summarize } from "../../plan/summary.ts";
import { textDelta } from "../../plan/text-delta.ts";

/** As a plan tells of the same keys. */
export function renderKeyChanges(changes: readonly KeyChange[], paint: Paint): string {
  const shown = changes.map(describe);
  const summary = summarize({ changes: shown, held: [] });
  return [...renderChanges(shown, paint), "", summary].map((line) => `${line}\n`).join("");
}

function describe({ key, action, before, after, marks }: KeyChange): Change {
  const delta = textDelta(key, before, after);
  return {
    address: `config.${key}`,
    resource: "config",
    name: key,
    action,
    cause: marks ? "sensitive from now on" : "",
    section: { kind: "foundation" },
    attributes: delta === undefined ? [] : [attributeOf({ ...delta, path: "value" })],
    unchanged: 0,
  };
}

interface Done {
  readonly deployment: string;
  readonly number: number;
  readonly changes: readonly KeyChange[];
  readonly known: { readonly revision: number | undefined };
}

export function renderKeysDone({ deployment, number, changes, known }: Done): string {
  const owned = changes.filter(({ isOwned }) => isOwned).map(({ key }) => key);
  const lines = [
    ...owned.map(
      (key) =>
        `note: Config in the Servicefile has ${key}: the next axon deploy puts its value back, so change it there.`,
    ),
    known.revision === undefined
      ? `Revision ${number}, the first of ${deployment}.`
      : `Revision ${number}. Services that use what has changed get it with the next axon deploy.`,
  ];
  return `\n${lines.map((line) => `${line}\n`).join("")}`;
}
