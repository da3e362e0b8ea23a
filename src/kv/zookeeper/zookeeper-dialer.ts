import type { ConnectionOptions } from "node:tls";
import { readTls } from "../read-tls.ts";
import { describeAddress, type ZooKeeperAddress } from "../store-address.ts";
import { ZooKeeperConnection } from "./wire/connection.ts";
import { ConnectionLost, SessionExpired, timeoutError } from "./wire/failures.ts";
import type { SessionTicket } from "./wire/greeting.ts";
import type { Access } from "./wire/requests.ts";

const CONNECT_MILLISECONDS = 2_000;
const SHORTEST_CONNECT_MILLISECONDS = 700;

const ALL_PERMISSIONS = 31;
const ANYBODY: Access = { permissions: ALL_PERMISSIONS, scheme: "world", id: "anyone" };
/** Whoever the connection has said that it is. */
const CREATOR: Access = { permissions: ALL_PERMISSIONS, scheme: "auth", id: "" };

export interface DialOptions {
  /** Goes on with this session; a new one without it. */
  readonly ticket?: SessionTicket | undefined;
  readonly sessionMilliseconds: number;
  readonly isKeptAlive: boolean;
}

/** Opens connections to the first of the servers that answers. Begins with the one that did so last. */
export class ZooKeeperDialer {
  readonly description: string;
  /** Who may do what with the nodes that are made. */
  readonly access: Access;
  readonly #address: ZooKeeperAddress;
  readonly #tls: ConnectionOptions | undefined;
  #next = 0;

  private constructor(address: ZooKeeperAddress, tls: ConnectionOptions | undefined) {
    this.#address = address;
    this.#tls = tls;
    this.description = describeAddress(address);
    this.access = address.login ? CREATOR : ANYBODY;
  }

  static async open(address: ZooKeeperAddress): Promise<ZooKeeperDialer> {
    return new ZooKeeperDialer(address, address.secure ? await readTls(address.tls) : undefined);
  }

  /** Rejects within some two seconds, and with SessionExpired when that is the end of the ticket. */
  async dial(options: DialOptions): Promise<ZooKeeperConnection> {
    const { hosts } = this.#address;
    let failure: unknown;
    for (let tried = 0; tried < hosts.length; tried += 1) {
      try {
        return await this.#dialOne(options);
      } catch (error) {
        if (error instanceof SessionExpired) throw error;
        failure = error;
        this.#next += 1;
      }
    }
    throw failure;
  }

  async #dialOne(options: DialOptions): Promise<ZooKeeperConnection> {
    const { hosts, login } = this.#address;
    const endpoint = hosts[this.#next % hosts.length];
    if (!endpoint) throw new Error("a ZooKeeper without a host");
    const limit = Math.max(CONNECT_MILLISECONDS / hosts.length, SHORTEST_CONNECT_MILLISECONDS);
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort(new ConnectionLost("no answer in time", timeoutError()));
    }, limit);
    const digest = login && `${login.user}:${login.password.reveal()}`;
    const settings = { ...endpoint, ...options, tls: this.#tls, digest };
    try {
      return await ZooKeeperConnection.open(settings, controller.signal);
    } finally {
      clearTimeout(timer);
    }
  }
}
