import {
  type Decoded,
  decodeRecord,
  type FieldTests,
  isCountTable,
  isObject,
  isText,
  isTextTable,
  isTime,
  maybe,
} from "./json-record.ts";

/** What a revision tells in the clear. Holds no secret. */
export interface RevisionRecord {
  readonly version: 1;
  readonly number: number;
  /** Only the configuration was changed, by a person; absent: a deploy, or a way back to one. */
  readonly kind?: "keys" | undefined;
  /** What became of each key below `config/` that a person changed, or that was put back for one. */
  readonly keys?: Readonly<Record<string, string>> | undefined;
  /** Of the kind "keys": the deploy whose model it goes on with; absent: nothing was deployed. */
  readonly deployed?: DeployedRevision | undefined;
  /** When the run ended. ISO 8601, UTC. */
  readonly at: string;
  /** `user@host`. */
  readonly who: string;
  /** `axon deploy`, without values that were given to it. */
  readonly command: string;
  readonly source?: RevisionSource | undefined;
  readonly durationMilliseconds: number;
  readonly outcome: RevisionOutcome;
  readonly axonVersion: string;
  /** How many changes of each action: `{ create: 3, replace: 1 }`. */
  readonly summary: Readonly<Record<string, number>>;
  /** Image reference to the id that it had then. */
  readonly images: Readonly<Record<string, string>>;
  /** Where the sealed model is. */
  readonly model: { readonly id: string; readonly chunks: number };
}

export interface DeployedRevision {
  readonly revision: number;
  readonly outcome: RevisionOutcome;
}

/** Of the Servicefile. */
export interface RevisionSource {
  /** Of Git. */
  readonly commit: string;
  /** There were changes that the commit does not have. */
  readonly dirty: boolean;
}

export type RevisionOutcome = (typeof OUTCOMES)[number];

const OUTCOMES = ["complete", "partial", "rolled back", "failed"] as const;

/** How the deploy ended whose model the revision holds; undefined: it holds none. */
export function deployOutcome(record: RevisionRecord): RevisionOutcome | undefined {
  return record.kind === "keys" ? record.deployed?.outcome : record.outcome;
}

export function encodeRevision(record: RevisionRecord): string {
  return JSON.stringify(record, undefined, 2);
}

export function decodeRevision(text: string): Decoded<RevisionRecord> {
  return decodeRecord(text, FIELDS);
}

const FIELDS: FieldTests<RevisionRecord> = {
  version: (value) => value === 1,
  number: Number.isInteger,
  kind: maybe((value) => value === "keys"),
  keys: maybe(isTextTable),
  deployed: maybe(
    (value) =>
      isObject(value) &&
      Number.isInteger(value.revision) &&
      OUTCOMES.includes(value.outcome as RevisionOutcome),
  ),
  at: isTime,
  who: isText,
  command: isText,
  source: maybe(
    (value) => isObject(value) && isText(value.commit) && typeof value.dirty === "boolean",
  ),
  durationMilliseconds: Number.isFinite,
  outcome: (value) => OUTCOMES.includes(value as RevisionOutcome),
  axonVersion: isText,
  summary: isCountTable,
  images: isTextTable,
  model: (value) => isObject(value) && isText(value.id) && Number.isInteger(value.chunks),
};
