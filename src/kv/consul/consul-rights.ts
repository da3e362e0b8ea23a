import type { IncomingMessage } from "node:http";
import type Consul from "consul";
import type { ConsulClient, RequestOptions } from "./consul-client.ts";
import { acceptStatus } from "./consul-errors.ts";

export interface Right {
  readonly Resource: "service" | "node";
  readonly Access: "write";
  /** The name that it is about. */
  readonly Segment: string;
}

/** Whether the token has all of these. Where Consul asks for none, or cannot say, everything is tried. */
export async function hasRights(
  client: ConsulClient,
  rights: readonly Right[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { response, body } = await client.call(
    (consul, options) =>
      ask(consul, rights, options).catch(acceptStatus(401)).catch(acceptStatus(404)),
    { signal },
  );
  if (response.statusCode !== 200 || !Array.isArray(body)) return true;
  return (body as { readonly Allow?: boolean }[]).every(({ Allow }) => Allow !== false);
}

interface Exchange {
  readonly err?: Error & { response?: IncomingMessage };
  readonly res: IncomingMessage & { readonly body: unknown };
}

/** The library has no call for what Consul's own page asks. */
interface Raw {
  readonly _defaults?: { readonly token?: string };
  _post(
    request: object,
    answer: (
      exchange: Exchange,
      next: (stop: boolean, error?: Error, value?: unknown) => void,
    ) => void,
  ): Promise<unknown>;
}

function ask(consul: Consul, rights: readonly Right[], options: RequestOptions): Promise<unknown> {
  const raw = consul as unknown as Raw;
  const token = raw._defaults?.token;
  const request = {
    name: "internal.acl.authorize",
    path: "/internal/acl/authorize",
    type: "json",
    body: rights,
    headers: token === undefined ? {} : { "x-consul-token": token },
    ...options,
  };
  return raw._post(request, ({ err, res }, next) => {
    if (err) next(false, Object.assign(err, { response: res }));
    else next(false, undefined, [res, res.body]);
  });
}
