/**
 * Every failure that a user can meet has a code in this table. docs/errors.md is generated from it.
 * A code is never reused or renamed: scripts match on it.
 */
export const ERROR_SPECS = {
  INTERNAL: { exitCode: 1, summary: "A defect in Axon itself; please report it" },
  USAGE: { exitCode: 3, summary: "The command line is not valid" },
  FILE_UNREADABLE: {
    exitCode: 3,
    summary: "A file that is named on the command line or in another file cannot be read",
  },
  SERVICEFILE_SYNTAX: { exitCode: 3, summary: "The Servicefile is not valid YAML" },
  SERVICEFILE_INVALID: {
    exitCode: 3,
    summary: "The Servicefile has a key or a value that does not fit",
  },
  IMPORT_INVALID: { exitCode: 3, summary: "A file to import is not what it should be" },
  TARGET_INVALID: { exitCode: 3, summary: "axon.yaml has a key or a value that does not fit" },
  TARGET_UNKNOWN: { exitCode: 3, summary: "axon.yaml has no target of that name" },
  SERVICE_DUPLICATE: { exitCode: 3, summary: "Two keys of the Servicefile name one service" },
  REQUIRE_UNKNOWN: { exitCode: 3, summary: "Something is required that nothing provides" },
  REQUIRE_CYCLE: { exitCode: 3, summary: "Services require each other in a circle" },
  REQUIRE_LATER_STEP: { exitCode: 3, summary: "Something is required that starts in a later step" },
  PORT_UNKNOWN: { exitCode: 3, summary: "A port is named that the service does not have" },
  CONFIG_MISSING: { exitCode: 3, summary: "An image needs a key of the store that has no value" },
  CONFIG_INVALID: {
    exitCode: 3,
    summary: "The value of a key does not have the type that an image says",
  },
  ENTRYPOINT_UNKNOWN: { exitCode: 3, summary: "The image has no such entrypoint" },
  ROUTE_IMPOSSIBLE: {
    exitCode: 3,
    summary: "A domain asks for something that the router does not have",
  },
  DOMAIN_TARGET_UNKNOWN: {
    exitCode: 3,
    summary: "A domain leads to a service or port that is not there",
  },
  CERTIFICATE_INVALID: {
    exitCode: 3,
    summary: "A certificate or its key is of no use, or does not fit the domain that it is for",
  },
  DOMAIN_CLAIMED: { exitCode: 3, summary: "Another deployment has the domain already" },
  DEPLOYMENT_NAME_INVALID: { exitCode: 3, summary: "The name of the deployment cannot be used" },
  DESCRIPTOR_INVALID: { exitCode: 3, summary: "An image's LABEL cannot be understood" },
  PRIVILEGE_NOT_ALLOWED: {
    exitCode: 3,
    summary: "An image asks for a privilege that was not granted",
  },
  ENGINE_UNREACHABLE: { exitCode: 1, summary: "The container engine does not answer" },
  ENGINE_DENIED: { exitCode: 1, summary: "The container engine refuses access" },
  ENGINE_TOO_OLD: {
    exitCode: 1,
    summary: "The Servicefile asks for something that the engine is too old for",
  },
  ENGINE_REFUSED: { exitCode: 1, summary: "The container engine refused a request" },
  IMAGE_UNAVAILABLE: { exitCode: 1, summary: "An image is neither here nor can it be pulled" },
  STORE_UNREACHABLE: { exitCode: 1, summary: "The key-value store does not answer" },
  STORE_REFUSED: { exitCode: 1, summary: "The key-value store refused a request" },
  STORE_UNHEALTHY: { exitCode: 1, summary: "The managed store did not become healthy" },
  ROUTER_UNREACHABLE: { exitCode: 1, summary: "The router does not answer" },
  ROUTER_REFUSED: { exitCode: 1, summary: "The router refused a request" },
  ROUTE_NOT_SWITCHED: { exitCode: 6, summary: "A route does not lead where it was sent" },
  NAME_TAKEN: { exitCode: 1, summary: "Something that is not Axon's holds a name that is needed" },
  PORT_TAKEN: { exitCode: 1, summary: "Something else holds a host port that is needed" },
  EXTERNAL_MISSING: {
    exitCode: 1,
    summary: "A network or volume that the Servicefile calls external is not there",
  },
  NETWORK_IN_USE: {
    exitCode: 1,
    summary: "A network must be made anew while containers of others are on it",
  },
  VOLUME_DIFFERS: {
    exitCode: 1,
    summary: "A volume is not as the Servicefile has it, and cannot be changed without losing data",
  },
  TASK_FAILED: { exitCode: 6, summary: "A one-shot exited with a code that is not accepted" },
  TASK_TIMEOUT: { exitCode: 6, summary: "A one-shot did not end in time" },
  SERVICE_NOT_READY: { exitCode: 6, summary: "A service did not become ready" },
  OPERATION_FAILED: { exitCode: 6, summary: "An operation of the plan failed" },
  NOT_REMEMBERED: {
    exitCode: 6,
    summary: "Everything was done, but the store could not be told for the history",
  },
  ROLLED_BACK: { exitCode: 5, summary: "A replacement failed and the old version serves again" },
  LOCK_HELD: { exitCode: 7, summary: "Somebody else deploys right now" },
  LOCK_LOST: { exitCode: 9, summary: "The lock was lost; nothing was written after that" },
  PLAN_STALE: { exitCode: 8, summary: "What the plan was made from is not so any more" },
  RESOURCE_UNKNOWN: { exitCode: 3, summary: "There is no such resource" },
  KEY_UNKNOWN: { exitCode: 3, summary: "There is no such key in the deployment's configuration" },
  KEY_INVALID: { exitCode: 3, summary: "A key or a value cannot be kept in the configuration" },
  KEY_SENSITIVE: { exitCode: 3, summary: "A value that is asked for is not for showing" },
  KEY_CHANGED: { exitCode: 8, summary: "A key is not as it was when it was looked at" },
  KEYS_FILE_INVALID: { exitCode: 3, summary: "A file of keys is not what it should be" },
  REVISION_UNKNOWN: { exitCode: 3, summary: "There is no such revision" },
  REVISION_UNREADABLE: { exitCode: 1, summary: "What a revision holds cannot be read" },
  DECLINED: { exitCode: 4, summary: "The question was answered with no" },
  ANSWER_NEEDED: { exitCode: 4, summary: "A question must be answered and there is no terminal" },
  INTERRUPTED: { exitCode: 130, summary: "The run was interrupted" },
} as const satisfies Record<string, { exitCode: number; summary: string }>;

export type ErrorCode = keyof typeof ERROR_SPECS;

/** Lines and columns count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface AxonErrorOptions {
  /** What the reader can do about it: one imperative sentence. */
  readonly hint?: string | undefined;
  /** Where in the user's own file the cause lies. */
  readonly at?: SourcePosition | undefined;
  readonly cause?: unknown;
  /** Where the code's usual exit code does not tell what was left behind. */
  readonly exitCode?: number | undefined;
}

export class AxonError extends Error {
  override readonly name = "AxonError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly at: SourcePosition | undefined;
  readonly exitCode: number;

  constructor(code: ErrorCode, message: string, options: AxonErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.at = options.at;
    this.exitCode = options.exitCode ?? ERROR_SPECS[code].exitCode;
  }
}

/** Several problems of one input, sorted by position. The exit code is that of the first. */
export class AxonErrors extends Error {
  override readonly name = "AxonErrors";
  readonly errors: readonly AxonError[];
  readonly exitCode: number;

  constructor(errors: readonly AxonError[]) {
    super(errors.map(({ message }) => message).join("\n"));
    this.errors = errors.toSorted(byPosition);
    this.exitCode = this.errors[0]?.exitCode ?? ERROR_SPECS.INTERNAL.exitCode;
  }
}

/** Throws what was collected: nothing, the one error, or all of them at once. */
export function throwAll(errors: readonly AxonError[]): void {
  const [first, ...more] = errors;
  if (first === undefined) return;
  throw more.length === 0 ? first : new AxonErrors(errors);
}

function byPosition(a: AxonError, b: AxonError): number {
  if (!a.at || !b.at) return Number(a.at === undefined) - Number(b.at === undefined);
  if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1;
  return a.at.line - b.at.line || a.at.column - b.at.column;
}
