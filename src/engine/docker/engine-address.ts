/** Where an engine listens. Credentials are in `connection` only. */
export interface EngineAddress {
  /** For readers: `unix:///var/run/docker.sock`. */
  readonly description: string;
  readonly connection: EngineConnection;
}

export type EngineConnection =
  /** A Unix socket, or a named pipe on Windows. */
  | { readonly kind: "socket"; readonly path: string }
  | {
      readonly kind: "tcp";
      readonly host: string;
      readonly port: number;
      readonly tls: TlsMaterial | undefined;
    }
  /** Through the machine's own `ssh`, with its configuration, keys and known hosts. */
  | {
      readonly kind: "ssh";
      readonly host: string;
      readonly port: number | undefined;
      readonly user: string | undefined;
    };

/** PEM texts. */
export interface TlsMaterial {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** false: any certificate of the engine is accepted. */
  readonly verify: boolean;
}

export function isOnThisMachine({ connection }: EngineAddress): boolean {
  if (connection.kind === "socket") return true;
  return connection.kind === "tcp" && /^(localhost|127\..*|::1|\[::1\])$/.test(connection.host);
}
