import { isIP } from "node:net";
import type * as Grpc from "@grpc/grpc-js";
import { readTls } from "../read-tls.ts";
import { describeAddress, type EtcdAddress, hostAndPort } from "../store-address.ts";
import { isCallFailure, isLost, isTokenStale, translateFailure } from "./etcd-errors.ts";
import { type Access, EtcdMember, type MemberCall, type Stream } from "./etcd-member.ts";
import { type Method, openCodec } from "./etcd-messages.ts";

/** A leader that was lost is elected anew within a second or two. */
const ANSWER_MILLISECONDS = 10_000;

const CHANNEL: Grpc.ClientOptions = {
  // A long list of values is more than the library's 4 MB.
  "grpc.max_receive_message_length": -1,
  // Finds out about a server that is gone without a word; etcd allows this each 5 s.
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
  // The address is what was given, and nothing that an environment or a name server adds to it.
  "grpc.enable_http_proxy": 0,
  "grpc.service_config_disable_resolution": 1,
};

interface Limits {
  readonly signal: AbortSignal | undefined;
  readonly milliseconds: number;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** It changes nothing, so that it can be asked twice. */
  readonly isRead?: boolean;
}

/**
 * One member of the cluster after the other: the first that answers is kept, and when it is lost, the first
 * of all that answers then. A write is never sent twice, because nobody knows what became of the first.
 */
export class EtcdClient {
  readonly description: string;
  readonly #targets: readonly (readonly [string, Access])[];
  #member: EtcdMember | undefined;
  #connecting: Promise<EtcdMember> | undefined;
  #closed = false;

  private constructor(targets: readonly (readonly [string, Access])[], description: string) {
    this.#targets = targets;
    this.description = description;
  }

  static async open(address: EtcdAddress, signal: AbortSignal | undefined): Promise<EtcdClient> {
    const client = new EtcdClient(await targetsOf(address), describeAddress(address));
    try {
      await client.#anyMember(signal);
      return client;
    } catch (error) {
      const failure = client.#failure(error, signal);
      client.close();
      throw failure;
    }
  }

  async call<Q, A>(method: Method<Q, A>, request: Q, options: CallOptions = {}): Promise<A> {
    const { signal, isRead = false } = options;
    const milliseconds = ANSWER_MILLISECONDS;
    const ask = () =>
      this.#withMember({ signal, milliseconds }, (member, call) =>
        member.call(method, request, call),
      );
    try {
      return await ask().catch((error: unknown) => {
        if (!isRead || !isLost(error) || signal?.aborted) throw error;
        return ask();
      });
    } catch (error) {
      throw this.#failure(error, signal);
    }
  }

  /** `use` sends and receives; the stream ends with it, and at the latest when the time is over. */
  async withStream<Q, A, T>(
    method: Method<Q, A>,
    use: (stream: Stream<Q, A>) => Promise<T>,
    limits: Limits,
  ): Promise<T> {
    const open = async (member: EtcdMember, call: MemberCall) => {
      const stream = member.stream(method, call);
      return await use(stream).finally(() => stream.end());
    };
    try {
      return await this.#withMember(limits, open);
    } catch (error) {
      throw this.#failure(error, limits.signal);
    }
  }

  close(): void {
    this.#closed = true;
    this.#member?.close();
  }

  async #withMember<T>(
    { signal, milliseconds }: Limits,
    run: (member: EtcdMember, call: MemberCall) => Promise<T>,
  ): Promise<T> {
    const member = await this.#anyMember(signal);
    const call = { signal, deadline: Date.now() + milliseconds };
    try {
      return await run(member, call);
    } catch (error) {
      if (isLost(error)) this.#drop(member);
      if (!isTokenStale(error)) throw error;
      await member.logIn(call);
      return await run(member, call);
    }
  }

  async #anyMember(signal: AbortSignal | undefined): Promise<EtcdMember> {
    if (this.#closed) throw new Error("the store is closed");
    signal?.throwIfAborted();
    if (this.#member?.isConnected) return this.#member;
    if (this.#member) this.#drop(this.#member);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return await unlessAborted(this.#connecting, signal);
  }

  async #connect(): Promise<EtcdMember> {
    const attempts = this.#targets.map(([target, access]) => EtcdMember.connect(target, access));
    const member = await Promise.any(attempts).catch((error: AggregateError) => {
      throw error.errors[0];
    });
    for (const attempt of attempts) {
      attempt.then((other) => other !== member && other.close()).catch(() => undefined);
    }
    this.#member = member;
    if (this.#closed) member.close();
    return member;
  }

  #drop(member: EtcdMember): void {
    member.close();
    if (this.#member === member) this.#member = undefined;
  }

  #failure(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    if (this.#closed && isCallFailure(error)) return new Error("the store is closed");
    return translateFailure(error, this.description);
  }
}

/** What each host is called, and how it is spoken to: the name that its certificate must have is its own. */
async function targetsOf(address: EtcdAddress): Promise<readonly (readonly [string, Access])[]> {
  const [grpc, codec] = await Promise.all([import("@grpc/grpc-js"), openCodec()]);
  // The library would write to the terminal.
  grpc.setLogVerbosity(grpc.logVerbosity.NONE);
  const secured = address.secure ? await openSecurity(address, grpc) : undefined;
  return address.hosts.map((endpoint) => [
    `dns:${hostAndPort(endpoint)}`,
    {
      grpc,
      codec,
      login: address.login,
      ...(secured?.(endpoint.host) ?? {
        credentials: grpc.credentials.createInsecure(),
        options: CHANNEL,
      }),
    },
  ]);
}

async function openSecurity({ tls }: EtcdAddress, grpc: typeof Grpc) {
  const [{ createSecureContext, checkServerIdentity }, options] = await Promise.all([
    import("node:tls"),
    readTls(tls),
  ]);
  const context = createSecureContext(options);
  return (host: string) => {
    const { servername, rejectUnauthorized } = options;
    const name = servername ?? host;
    const credentials = grpc.credentials.createFromSecureContext(context, {
      rejectUnauthorized: rejectUnauthorized ?? true,
      checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    });
    // An IP address must not be asked for as a name, and the library would do so.
    const asked = isIP(name) ? "etcd" : name;
    return { credentials, options: { ...CHANNEL, "grpc.ssl_target_name_override": asked } };
  };
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return await promise;
  return await new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
