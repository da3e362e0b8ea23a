import type { Root, Type } from "protobufjs";

/** The part of etcd's protocol that is used, as "[repeated] type number"; what else is in an answer is passed over. */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Header: { revision: "int64 3" },
  KeyValue: { key: "bytes 1", modRevision: "int64 3", value: "bytes 5" },
  RangeRequest: { key: "bytes 1", rangeEnd: "bytes 2", limit: "int64 3", keysOnly: "bool 8" },
  RangeResponse: { header: "Header 1", kvs: "repeated KeyValue 2" },
  PutRequest: { key: "bytes 1", value: "bytes 2", lease: "int64 3" },
  DeleteRangeRequest: { key: "bytes 1", rangeEnd: "bytes 2" },
  RequestOp: {
    requestRange: "RangeRequest 1",
    requestPut: "PutRequest 2",
    requestDeleteRange: "DeleteRangeRequest 3",
  },
  ResponseOp: { responseRange: "RangeResponse 1" },
  Compare: {
    result: "int32 1",
    target: "int32 2",
    key: "bytes 3",
    modRevision: "int64 6",
    value: "bytes 7",
  },
  TxnRequest: {
    compare: "repeated Compare 1",
    success: "repeated RequestOp 2",
    failure: "repeated RequestOp 3",
  },
  TxnResponse: { header: "Header 1", succeeded: "bool 2", responses: "repeated ResponseOp 3" },
  WatchCreateRequest: { key: "bytes 1", rangeEnd: "bytes 2", startRevision: "int64 3" },
  WatchRequest: { createRequest: "WatchCreateRequest 1" },
  Event: { type: "int32 1" },
  WatchResponse: {
    canceled: "bool 4",
    compactRevision: "int64 5",
    cancelReason: "string 6",
    events: "repeated Event 11",
  },
  LeaseGrantRequest: { TTL: "int64 1" },
  LeaseGrantResponse: { ID: "int64 2", TTL: "int64 3" },
  LeaseRequest: { ID: "int64 1" },
  LeaseTtlResponse: { TTL: "int64 3" },
  Empty: {},
  AuthenticateRequest: { name: "string 1", password: "string 2" },
  AuthenticateResponse: { token: "string 2" },
};

/** 64-bit numbers are text in answers. */
export interface KeyValue {
  readonly key: Uint8Array;
  readonly modRevision: string;
  readonly value: Uint8Array;
}

export interface RangeRequest {
  readonly key: Uint8Array;
  /** Of the first key that is no part of it; undefined: only `key`. */
  readonly rangeEnd?: Uint8Array;
  readonly limit?: number;
  readonly keysOnly?: boolean;
}

interface Header {
  readonly revision: string;
}

export interface RangeResponse {
  readonly header: Header;
  readonly kvs: readonly KeyValue[];
}

export interface RequestOp {
  readonly requestRange?: RangeRequest;
  readonly requestPut?: {
    readonly key: Uint8Array;
    readonly value: Uint8Array;
    readonly lease?: string;
  };
  readonly requestDeleteRange?: { readonly key: Uint8Array; readonly rangeEnd?: Uint8Array };
}

export const COMPARE_MOD = 2;
export const COMPARE_VALUE = 3;
export const GREATER = 1;

/** A key that is not there has the modRevision 0, and no value that equals another. */
export interface Compare {
  /** undefined: that they are equal. */
  readonly result?: typeof GREATER;
  readonly target: typeof COMPARE_MOD | typeof COMPARE_VALUE;
  readonly key: Uint8Array;
  readonly modRevision?: string;
  readonly value?: Uint8Array;
}

export interface TxnRequest {
  readonly compare?: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure?: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: Header;
  readonly succeeded: boolean;
  readonly responses: readonly { readonly responseRange: RangeResponse | null }[];
}

export interface WatchRequest {
  readonly createRequest: {
    readonly key: Uint8Array;
    readonly startRevision: string;
  };
}

export interface WatchResponse {
  readonly canceled: boolean;
  /** What the watch wants is older than this and thrown away; "0" if it is there. */
  readonly compactRevision: string;
  readonly cancelReason: string;
  readonly events: readonly unknown[];
}

interface LeaseRequest {
  readonly ID: string;
}

interface Lease {
  readonly ID: string;
  readonly TTL: string;
}

/** `Q` and `A` are for the compiler only. */
export interface Method<Q, A> {
  readonly path: string;
  readonly request: string;
  readonly response: string;
  readonly types?: (request: Q) => A;
}

function method<Q, A>(path: string, request: string, response: string): Method<Q, A> {
  return { path: `/etcdserverpb.${path}`, request, response };
}

export const RANGE = method<RangeRequest, RangeResponse>(
  "KV/Range",
  "RangeRequest",
  "RangeResponse",
);
export const TXN = method<TxnRequest, TxnResponse>("KV/Txn", "TxnRequest", "TxnResponse");
export const WATCH = method<WatchRequest, WatchResponse>(
  "Watch/Watch",
  "WatchRequest",
  "WatchResponse",
);
export const LEASE_GRANT = method<{ readonly TTL: number }, Lease>(
  "Lease/LeaseGrant",
  "LeaseGrantRequest",
  "LeaseGrantResponse",
);
export const LEASE_REVOKE = method<LeaseRequest, object>(
  "Lease/LeaseRevoke",
  "LeaseRequest",
  "Empty",
);
export const LEASE_KEEP_ALIVE = method<LeaseRequest, { readonly TTL: string }>(
  "Lease/LeaseKeepAlive",
  "LeaseRequest",
  "LeaseTtlResponse",
);
export const LEASE_TIME_TO_LIVE = method<LeaseRequest, { readonly TTL: string }>(
  "Lease/LeaseTimeToLive",
  "LeaseRequest",
  "LeaseTtlResponse",
);
export const AUTHENTICATE = method<
  { readonly name: string; readonly password: string },
  { readonly token: string }
>("Auth/Authenticate", "AuthenticateRequest", "AuthenticateResponse");

export interface Codec {
  encode(message: string, content: unknown): Buffer;
  decode(message: string, bytes: Buffer): unknown;
}

export async function openCodec(): Promise<Codec> {
  const { default: protobuf } = await import("protobufjs/light.js");
  const nested = Object.entries(MESSAGES).map(([name, fields]) => [
    name,
    { fields: Object.fromEntries(Object.entries(fields).map(toField)) },
  ]);
  const root: Root = protobuf.Root.fromJSON({ nested: Object.fromEntries(nested) });
  const types = new Map<string, Type>(
    Object.keys(MESSAGES).map((name) => [name, root.lookupType(name)]),
  );
  const typeOf = (name: string): Type => {
    const type = types.get(name);
    if (!type) throw new Error(`no message ${name}`);
    return type;
  };
  return {
    encode: (name, content) => {
      const type = typeOf(name);
      return Buffer.from(type.encode(type.fromObject(content as object)).finish());
    },
    decode: (name, bytes) => {
      const type = typeOf(name);
      return type.toObject(type.decode(bytes), { longs: String, defaults: true });
    },
  };
}

function toField([name, text]: [string, string]) {
  const [, rule, type, id] = /^(repeated )?(\w+) (\d+)$/.exec(text) ?? [];
  return [name, { type, id: Number(id), ...(rule && { rule: "repeated" }) }];
}
