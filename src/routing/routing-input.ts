import type { AxonError, SourcePosition } from "../errors.ts";
import type { PendingRoute, Port, RouteServer } from "../model.ts";
import type { Text } from "../secret.ts";
import type { DomainEntry, TlsSource } from "../servicefile/servicefile.ts";
import type { CertificateReader } from "./certificate-reader.ts";
import type { PasswordHash } from "./password-hash.ts";
import type { RouteFormat } from "./route-format.ts";

export interface RoutingInput {
  /** The effective name: what `-D` says, else the file, else the directory. */
  readonly deployment: string;
  /** The Servicefile's own `Deployment`: a target that names it means this deployment too. */
  readonly declaredDeployment: string | undefined;
  /** By key of the `Domains` section. */
  readonly domains: Readonly<Record<string, DomainEntry>>;
  readonly services: Readonly<Record<string, RoutableService>>;
  /** Live endpoints of another deployment, `service/port` to `host:port`; of one service if it is given. */
  foreign(deployment: string, service: string | undefined): Readonly<Record<string, string>>;
  /** Names of the routes that other deployments have at the router. */
  readonly otherRoutes: readonly string[];
  locate(path: readonly (string | number)[]): SourcePosition | undefined;
  readonly hash: PasswordHash;
  /** How the router says what a route is. */
  readonly format: RouteFormat;
  /** At which port clients find the router's HTTPS. Absent: 443. */
  readonly httpsPort?: number | undefined;
  readonly certificates: CertificateReader;
  /** What stands in the file that a domain names. */
  textOf(source: TlsSource): Text;
}

export interface RoutableService {
  readonly name: string;
  readonly ports: Readonly<Record<string, Port>>;
  readonly instances: number;
  /** A task is a one-shot: no domain can lead to it. */
  readonly kind?: "service" | "task" | undefined;
}

/** Where problems go, so that all of them are told at once. */
export interface RoutingReport {
  error(error: AxonError): void;
  notice(notice: string): void;
}

/** One URL and what serves it. */
export interface Binding {
  /** For readers: `shop:website:http`. */
  readonly target: string;
  /** URL prefix; undefined: everything. */
  readonly path: string | undefined;
  readonly rewrite: string | undefined;
  readonly servers: readonly RouteServer[];
  /** Set where another deployment does not have the service yet. */
  readonly awaits?: PendingRoute["awaits"];
}
