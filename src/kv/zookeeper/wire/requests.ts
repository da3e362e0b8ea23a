import { type RecordReader, RecordWriter } from "./records.ts";

export const OPERATIONS = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  auth: 100,
  closeSession: -11,
} as const;

export const CODES = {
  ok: 0,
  /** Of an operation that was not tried because another one of its group failed. */
  rolledBack: -2,
  noNode: -101,
  noAuth: -102,
  badVersion: -103,
  nodeExists: -110,
  notEmpty: -111,
  sessionExpired: -112,
  invalidAcl: -114,
  authFailed: -115,
  sessionMoved: -118,
} as const;

export const ANY_VERSION = -1;

/** What ZooKeeper knows of a node besides its data. */
export interface Stat {
  /** Number of the transaction that made or wrote it last. */
  readonly mzxid: bigint;
  /** Number of the transaction that made or deleted a child last. */
  readonly pzxid: bigint;
  readonly version: number;
  readonly dataLength: number;
  readonly childCount: number;
}

/** What is asked of the server, and how its answer is read. */
export interface Request<T> {
  readonly operation: number;
  readonly write: (writer: RecordWriter) => void;
  readonly read: (reader: RecordReader) => T;
}

export interface NodeData {
  /** undefined: it never got any. */
  readonly data: Buffer | undefined;
  readonly stat: Stat;
}

export interface NodeChildren {
  readonly names: readonly string[];
  readonly stat: Stat;
}

export interface Access {
  readonly permissions: number;
  readonly scheme: string;
  readonly id: string;
}

export type NodeOperation =
  | {
      readonly kind: "create";
      readonly path: string;
      readonly data: Buffer | undefined;
      readonly access: Access;
      readonly isEphemeral?: boolean;
    }
  | {
      readonly kind: "setData";
      readonly path: string;
      readonly data: Buffer | undefined;
      readonly version: number;
    }
  | { readonly kind: "delete"; readonly path: string; readonly version: number }
  | { readonly kind: "check"; readonly path: string; readonly version: number };

export function exists(path: string, { watch = false } = {}): Request<Stat> {
  return {
    operation: OPERATIONS.exists,
    write: (writer) => writer.text(path).boolean(watch),
    read: readStat,
  };
}

export function getData(path: string): Request<NodeData> {
  return {
    operation: OPERATIONS.getData,
    write: (writer) => writer.text(path).boolean(false),
    read: (reader) => ({ data: reader.bytes(), stat: readStat(reader) }),
  };
}

export function getChildren(path: string): Request<NodeChildren> {
  return {
    operation: OPERATIONS.getChildren2,
    write: (writer) => writer.text(path).boolean(false),
    read: (reader) => ({
      names: Array.from({ length: reader.int() }, () => reader.text()),
      stat: readStat(reader),
    }),
  };
}

export function closeSession(): Request<void> {
  return { operation: OPERATIONS.closeSession, write: () => undefined, read: () => undefined };
}

/** All of the operations, in order, or none. Answers the code of the first that failed. */
export function multi(operations: readonly NodeOperation[]): Request<number> {
  return {
    operation: OPERATIONS.multi,
    write: (writer) => {
      for (const operation of operations) writeOperation(writer, operation);
      writer.int(-1).boolean(true).int(-1);
    },
    read: readResults,
  };
}

function writeOperation(writer: RecordWriter, operation: NodeOperation): void {
  writer.int(OPERATIONS[operation.kind]).boolean(false).int(-1).text(operation.path);
  switch (operation.kind) {
    case "create": {
      const { permissions, scheme, id } = operation.access;
      writer.bytes(operation.data).int(1).int(permissions).text(scheme).text(id);
      writer.int(operation.isEphemeral ? 1 : 0);
      return;
    }
    case "setData":
      writer.bytes(operation.data).int(operation.version);
      return;
    default:
      writer.int(operation.version);
  }
}

function readResults(reader: RecordReader): number {
  let failure: number = CODES.ok;
  for (;;) {
    const type = reader.int();
    const isDone = reader.boolean();
    reader.int();
    if (isDone) return failure;
    if (type === OPERATIONS.create) reader.text();
    if (type === OPERATIONS.setData) readStat(reader);
    if (type !== -1) continue;
    const code = reader.int();
    if (failure === CODES.ok || failure === CODES.rolledBack) failure = code;
  }
}

function readStat(reader: RecordReader): Stat {
  reader.long();
  const mzxid = reader.long();
  reader.long();
  reader.long();
  const version = reader.int();
  reader.int();
  reader.int();
  reader.long();
  const dataLength = reader.int();
  const childCount = reader.int();
  return { mzxid, version, dataLength, childCount, pzxid: reader.long() };
}

/** What a group of operations takes up in a request. */
export function sizeOf(operations: readonly NodeOperation[]): number {
  const writer = new RecordWriter();
  multi(operations).write(writer);
  return writer.frame().length;
}
