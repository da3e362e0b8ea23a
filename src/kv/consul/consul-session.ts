import type { KvSession, SessionOptions } from "../kv-store.ts";
import type { ConsulClient } from "./consul-client.ts";
import { acceptStatus, notConsul } from "./consul-errors.ts";

/**
 * LockDelay 0: Consul's usual 15 s keep a lock from everybody after its session was lost, for holders that
 * do not know and would go on writing. Here each write carries a check of the session, so that Consul itself
 * refuses them. No node checks: only the time to live ends a session, which its holder can measure, too.
 */
const SETTINGS = { behavior: "release", lockDelay: "0s", checks: [] };

export async function openConsulSession(
  client: ConsulClient,
  { name, ttlSeconds }: SessionOptions,
  signal: AbortSignal | undefined,
): Promise<KvSession> {
  const request = { ...SETTINGS, name, ttl: `${ttlSeconds}s` };
  const { body } = await client.call(
    ({ session }, options) => session.create({ ...request, ...options } as object),
    { signal },
  );
  const id = (body as { readonly ID?: unknown } | undefined)?.ID;
  if (typeof id !== "string") throw notConsul(client.description);
  return {
    id,
    renew: (renewal) => renew(client, id, renewal),
    end: (ending) => end(client, id, ending),
  };
}

async function renew(
  client: ConsulClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { response, body } = await client.call(
    ({ session }, options) => session.renew({ id, ...options }).catch(acceptStatus(404)),
    { signal },
  );
  if (response.statusCode !== 404) return true;
  // Any web server says 404 to what it does not know.
  if (!String(body).includes(id)) throw notConsul(client.description);
  return false;
}

/** Consul says yes to ending what has ended. */
async function end(
  client: ConsulClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await client.call(({ session }, options) => session.destroy({ id, ...options }), { signal });
}
