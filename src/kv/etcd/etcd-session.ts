import type { KvSession, SessionOptions } from "../kv-store.ts";
import type { EtcdClient } from "./etcd-client.ts";
import { isLeaseGone, refused } from "./etcd-errors.ts";
import {
  LEASE_GRANT,
  LEASE_KEEP_ALIVE,
  LEASE_REVOKE,
  LEASE_TIME_TO_LIVE,
} from "./etcd-messages.ts";

const RENEW_MILLISECONDS = 10_000;

/** A lease. etcd ends it some moments after its time, which the port's promise of twice the time covers. */
export async function openEtcdSession(
  client: EtcdClient,
  { ttlSeconds }: SessionOptions,
  signal: AbortSignal | undefined,
): Promise<KvSession> {
  const { ID: id, TTL } = await client.call(LEASE_GRANT, { TTL: ttlSeconds }, { signal });
  if (Number(TTL) > 2 * ttlSeconds) {
    await end(client, id, signal);
    throw refused(client.description, `no session of its can be shorter than ${TTL} s`);
  }
  return {
    id,
    renew: (renewal) => renew(client, id, renewal),
    end: (ending) => end(client, id, ending),
  };
}

/** Whether a lock can still be taken in it. */
export async function isSessionAlive(
  client: EtcdClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!isSessionId(id)) return false;
  const { TTL } = await client.call(LEASE_TIME_TO_LIVE, { ID: id }, { signal, isRead: true });
  return Number(TTL) > 0;
}

/** 0 stands for no lease at all: what is put with that is never deleted. */
export function isSessionId(id: string): boolean {
  return /^[1-9]\d{0,18}$/.test(id);
}

async function renew(
  client: EtcdClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { TTL } = await client.withStream(
    LEASE_KEEP_ALIVE,
    async (stream) => {
      stream.send({ ID: id });
      return await stream.next();
    },
    { signal, milliseconds: RENEW_MILLISECONDS },
  );
  return Number(TTL) > 0;
}

async function end(client: EtcdClient, id: string, signal: AbortSignal | undefined): Promise<void> {
  await client.call(LEASE_REVOKE, { ID: id }, { signal }).catch((error: unknown) => {
    if (!isLeaseGone(error)) throw error;
  });
}
