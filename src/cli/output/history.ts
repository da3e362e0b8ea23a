import type { RevisionRecord } from "../../state/revision-record.ts";
import type { Revisions } from "../../state/revisions.ts";
import { seconds, toSeconds } from "./change-words.ts";
import { type Screen, tableOn } from "./columns.ts";

export function renderHistory(deployment: string, revisions: Revisions, screen: Screen): string {
  const { records, notices } = revisions;
  if (records.length === 0) return `${deployment} has no history.\n`;
  const rows = records.map((record) => [
    String(record.number),
    toSeconds(record.at),
    record.outcome,
    seconds(record.durationMilliseconds),
    record.who,
    changesOf(record),
    sourceOf(record) || "-",
  ]);
  const heading = ["REV", "WHEN", "OUTCOME", "TOOK", "WHO", "CHANGES", "SOURCE"];
  const notes = notices.map((notice) => `note: ${notice}\n`);
  return [tableOn(screen, [heading, ...rows]), ...notes].join("");
}

/** Version 1. */
export function historyAsJson(deployment: string, { records, notices }: Revisions) {
  return {
    version: 1,
    deployment,
    revisions: records.map((record) => ({
      number: record.number,
      at: record.at,
      who: record.who,
      command: record.command,
      source: record.source ?? null,
      duration_milliseconds: record.durationMilliseconds,
      outcome: record.outcome,
      axon_version: record.axonVersion,
      summary: record.summary,
      images: record.images,
    })),
    notices,
  };
}

function changesOf({ summary }: RevisionRecord): string {
  return Object.entries(summary)
    .map(([action, count]) => `${count} ${action}`)
    .join(", ");
}

function sourceOf({ source, command }: RevisionRecord): string {
  if (source === undefined) return command === "axon deploy" ? "" : command;
  const commit = `${source.commit.slice(0, 10)}${source.dirty ? "+" : ""}`;
  return command === "axon deploy" ? commit : `${commit} (${command})`;
}
