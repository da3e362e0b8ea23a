import type * as Grpc from "@grpc/grpc-js";
import type { Login } from "../store-address.ts";
import { isAuthDisabled, isRefusal } from "./etcd-errors.ts";
import { AUTHENTICATE, type Codec, type Method, RANGE } from "./etcd-messages.ts";

const CONNECT_MILLISECONDS = 2_000;

/** How members are spoken to; the same for all of them. */
export interface Access {
  readonly grpc: typeof Grpc;
  readonly codec: Codec;
  readonly credentials: Grpc.ChannelCredentials;
  readonly options: Grpc.ClientOptions;
  readonly login: Login | undefined;
}

export interface MemberCall {
  readonly signal?: AbortSignal | undefined;
  /** As Date.now() tells the time. */
  readonly deadline: number;
}

interface Unary<Q, A> {
  readonly method: Method<Q, A>;
  readonly request: Q;
  readonly metadata: Grpc.Metadata;
}

export interface Stream<Q, A> {
  send(request: Q): void;
  /** Rejects when the stream ends before. */
  next(): Promise<A>;
  end(): void;
}

/** A connection to one of the servers. Rejects with what the library rejects with. */
export class EtcdMember {
  readonly #access: Access;
  readonly #client: Grpc.Client;
  /** With the token that calls go by. */
  #metadata: Grpc.Metadata;

  private constructor(target: string, access: Access) {
    const { grpc, credentials, options } = access;
    this.#access = access;
    this.#client = new grpc.Client(target, credentials, options);
    this.#metadata = this.#withoutToken();
  }

  /** Proves within about two seconds that there is an etcd that is of one mind with the others. */
  static async connect(target: string, access: Access): Promise<EtcdMember> {
    const member = new EtcdMember(target, access);
    const deadline = Date.now() + CONNECT_MILLISECONDS;
    try {
      await member.logIn({ deadline });
      const probe = { key: Buffer.from("axon/"), limit: 1, keysOnly: true };
      await member.call(RANGE, probe, { deadline }).catch(acceptRefusal);
      return member;
    } catch (error) {
      member.close();
      throw error;
    }
  }

  get isConnected(): boolean {
    const { READY } = this.#access.grpc.connectivityState;
    return this.#client.getChannel().getConnectivityState(false) === READY;
  }

  /** Gets a token for the calls that follow; those that come meanwhile go by the one before. */
  async logIn(options: MemberCall): Promise<void> {
    const { login } = this.#access;
    if (login === undefined) return;
    const metadata = this.#withoutToken();
    const request = { name: login.user, password: login.password.reveal() };
    const asked = { method: AUTHENTICATE, request, metadata };
    const answer = await this.#send(asked, options).catch(acceptOpenDoor);
    const known = this.#withoutToken();
    if (answer) known.set("token", answer.token);
    this.#metadata = known;
  }

  call<Q, A>(method: Method<Q, A>, request: Q, options: MemberCall): Promise<A> {
    return this.#send({ method, request, metadata: this.#metadata }, options);
  }

  #send<Q, A>(
    { method, request, metadata }: Unary<Q, A>,
    { signal, deadline }: MemberCall,
  ): Promise<A> {
    const { encode, decode } = this.#coding(method);
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        method.path,
        encode,
        decode,
        request,
        metadata,
        { deadline },
        (error, answer) => {
          signal?.removeEventListener("abort", cancel);
          if (error) reject(error);
          else resolve(answer as A);
        },
      );
      const cancel = () => call.cancel();
      signal?.addEventListener("abort", cancel, { once: true });
    });
  }

  stream<Q, A>(method: Method<Q, A>, { signal, deadline }: MemberCall): Stream<Q, A> {
    const { encode, decode } = this.#coding(method);
    const metadata = this.#metadata;
    const options = { deadline };
    const call = this.#client.makeBidiStreamRequest(method.path, encode, decode, metadata, options);
    const cancel = () => call.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    const answers = call[Symbol.asyncIterator]() as AsyncIterator<A>;
    return {
      send: (request) => void call.write(request),
      next: async () => {
        const { done, value } = await answers.next();
        if (done) throw Object.assign(new Error("closed"), { code: 14, details: "socket closed" });
        return value;
      },
      end: () => {
        signal?.removeEventListener("abort", cancel);
        // What is said after this is of no interest, and an error without a listener ends the process.
        call.on("error", () => undefined);
        call.cancel();
      },
    };
  }

  close(): void {
    this.#client.close();
  }

  /** Who has lost the others says so at once, and does not wait for them. */
  #withoutToken(): Grpc.Metadata {
    const metadata = new this.#access.grpc.Metadata();
    metadata.set("hasleader", "true");
    return metadata;
  }

  #coding<Q, A>({ request, response }: Method<Q, A>) {
    const { codec } = this.#access;
    return {
      encode: (content: Q) => codec.encode(request, content),
      decode: (bytes: Buffer) => codec.decode(response, bytes) as A,
    };
  }
}

/** What may not be read is read by nobody: the next real call says so. */
function acceptRefusal(error: unknown): void {
  if (!isRefusal(error)) throw error;
}

/** As etcd's own tools do: where nobody needs a password, one does no harm. */
function acceptOpenDoor(error: unknown): undefined {
  if (!isAuthDisabled(error)) throw error;
}
