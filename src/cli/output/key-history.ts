import { reveal, Secret, type Text } from "../../secret.ts";
import type { RevisionRecord } from "../../state/revision-record.ts";
import { toSeconds } from "./change-words.ts";
import { type Screen, tableOn } from "./columns.ts";
import { asLine, asText } from "./keys.ts";

/** From when on a key had this value. */
export interface KeyMoment {
  /** undefined: since the last revision, by somebody else. */
  readonly record: RevisionRecord | undefined;
  /** undefined: it was not there. */
  readonly value: Text | undefined;
}

interface Asked {
  readonly deployment: string;
  readonly key: string;
  readonly showSensitive: boolean;
}

export function renderKeyHistory(
  moments: readonly KeyMoment[],
  asked: Asked,
  screen: Screen,
): string {
  const rows = moments.map(({ record, value }) =>
    record === undefined
      ? ["-", "now", "-", "outside of axon", asLine(value, asked)]
      : [
          String(record.number),
          toSeconds(record.at),
          record.who,
          record.command,
          asLine(value, asked),
        ],
  );
  return tableOn(screen, [["REV", "WHEN", "WHO", "COMMAND", "VALUE"], ...rows]);
}

export function keyHistoryAsJson(
  { deployment, key, showSensitive }: Asked,
  moments: readonly KeyMoment[],
): string {
  return asText({
    format_version: "1.0",
    deployment,
    key,
    history: moments.map(({ record, value }) => ({
      revision: record?.number ?? null,
      at: record?.at ?? null,
      who: record?.who ?? null,
      command: record?.command ?? null,
      present: value !== undefined,
      value:
        value === undefined || (value instanceof Secret && !showSensitive) ? null : reveal(value),
      sensitive: value instanceof Secret,
    })),
  });
}
