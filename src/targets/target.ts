import type { SourcePosition } from "../errors.ts";

/** Where and how a deployment runs: what belongs to a place and not to the template. */
export interface Target {
  readonly name: string;
  /** Name of the deployment. */
  readonly deployment: string | undefined;
  /** Address of the engine. */
  readonly docker: string | undefined;
  /** Address of the store. */
  readonly kv: string | undefined;
  /** The router: `traefik`, or the address of a Caddy. */
  readonly router: string | undefined;
  /** Values for `${NAME}`. */
  readonly vars: Readonly<Record<string, string>>;
  /** Merged over the Servicefile, the last one strongest; paths from the directory of axon.yaml. */
  readonly overlays: readonly { readonly path: string; readonly at: SourcePosition }[];
  /** Instances by service. */
  readonly scale: Readonly<Record<string, { readonly count: number; readonly at: SourcePosition }>>;
}
