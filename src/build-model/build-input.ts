import type { AxonError } from "../errors.ts";
import type { ImageFacts } from "../live.ts";
import type { TokenSpec } from "../model.ts";
import type { CertificateReader } from "../routing/certificate-reader.ts";
import type { PasswordHash } from "../routing/password-hash.ts";
import type { RouteFormat } from "../routing/route-format.ts";
import type { Secret, Text } from "../secret.ts";
import type { GenerateSpec, Servicefile } from "../servicefile/servicefile.ts";

/** All that a model is built from. The same input gives the same model. */
export interface BuildInput {
  readonly servicefile: Servicefile;
  /** The effective name: what `-D` says, else the file, else the directory. */
  readonly deployment: string;
  /** By reference, as the services write it. */
  readonly images: Readonly<Record<string, ImageFacts>>;
  /** Live endpoints of this deployment: where assigned ports are remembered. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Live keys below `config/` of this deployment. */
  readonly config: Readonly<Record<string, Text>>;
  /** Names of the resources that are in the store. Absent: there are none. */
  readonly resources?: readonly string[];
  /** Live endpoints of other deployments: `service/port` to `host:port`. */
  readonly foreignEndpoints: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Names of networks on the engine that are not this deployment's. Absent: every deployment's is there. */
  readonly foreignNetworks?: readonly string[];
  /** Names of the routes that other deployments have at the router. Absent: there are none. */
  readonly otherRoutes?: readonly string[];
  /** How the router says what a route is. Absent: as Traefik does. */
  readonly routeFormat?: RouteFormat;
  /** At which port clients find the router's HTTPS. Absent: 443. */
  readonly httpsPort?: number | undefined;
  readonly store: StoreAccess;
  /** What containers get to show to the store. Absent: nothing. */
  readonly token?: TokenSpec | undefined;
  /** Version of the engine's API: `1.41`. Absent: not known, and nothing is too new. */
  readonly engineApi?: string | undefined;
  readonly customerId: string;
  readonly hash: PasswordHash;
  readonly certificates: CertificateReader;
  /** The files and variables that the Servicefile needs. */
  readonly inputs: Inputs;
  /** A value of `Generate`: the one that the store keeps, or one that it will keep after this deploy. */
  readonly generated: (name: string, spec: GenerateSpec) => Secret;
  /** Stands for a content: keyed for a Secret, so that it is worth nothing without the key. */
  readonly digest: (content: Text) => string;
}

export interface Inputs {
  /** By path, relative to the Servicefile. */
  readonly files: Readonly<Record<string, string>>;
  /** undefined: not set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the directory of the Servicefile, for host paths that are relative to it. */
  readonly directory?: string;
}

/** How containers reach the store. */
export interface StoreAccess {
  readonly kind: "consul" | "etcd" | "zookeeper";
  readonly scheme: "http" | "https" | "etcd" | "etcds" | "zookeeper" | "zookeepers";
  /** `consul:8500`; with commas, where there are several; with ZooKeeper's chroot behind them. */
  readonly hostAndPort: string;
  /** Set for the managed store, which joins the deployment's network under this name. */
  readonly alias: string | undefined;
}

/** Collects problems, so that all of them are told at once. */
export type Report = (error: AxonError) => void;
