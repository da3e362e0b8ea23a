import type {
  ContainerIdentity,
  ContainerStatus,
  ImageFacts,
  LiveContainer,
  LiveEngine,
} from "../live.ts";
import type { ContainerSpec, NetworkAttachment, NetworkSpec, VolumeSpec } from "../model.ts";
import type { Text } from "../secret.ts";

/**
 * A container engine, in Axon's words. Adapters translate to and from the engine's own types and turn
 * its failures into AxonError (ENGINE_UNREACHABLE, ENGINE_DENIED, ENGINE_REFUSED, IMAGE_UNAVAILABLE);
 * no type of a client library crosses this line. Every call ends early when the signal aborts.
 */
export interface Engine {
  /** For readers: `docker (unix:///var/run/docker.sock)`. */
  readonly description: string;

  /** Proves that the engine answers. */
  version(signal: AbortSignal): Promise<EngineVersion>;

  /** undefined when the engine does not have the image. */
  inspectImage(reference: string, signal: AbortSignal): Promise<ImageFacts | undefined>;
  /** References of the images that have this label with this text, sorted; of those without a name, ids. */
  findImages(label: ImageLabel, signal: AbortSignal): Promise<readonly string[]>;

  /**
   * Fetches the image from its registry, for the engine's own platform unless one is given; IMAGE_UNAVAILABLE
   * names the reason the engine gave.
   */
  pullImage(reference: string, signal: AbortSignal, platform?: string): Promise<void>;

  /** One look at everything that carries the deployment's label, and at what could be in its way. Reads only. */
  observe(deployment: string, signal: AbortSignal): Promise<LiveEngine>;
  /** The same, begun before it is known at which deployment. */
  look(signal: AbortSignal): EngineLook;

  /**
   * One container by name or id, whosever it is; undefined when there is none. Other than in a look, what
   * its image supplies is still in its spec.
   */
  inspectContainer(reference: string, signal: AbortSignal): Promise<LiveContainer | undefined>;

  /** Answers the id. */
  createNetwork(request: NetworkRequest, signal: AbortSignal): Promise<string>;
  /** Containers that are still attached are detached first. Succeeds if it is already gone. */
  removeNetwork(id: string, signal: AbortSignal): Promise<void>;
  /** Succeeds if a volume of that name exists. */
  createVolume(request: VolumeRequest, signal: AbortSignal): Promise<void>;
  /** Succeeds if it is already gone. */
  removeVolume(name: string, signal: AbortSignal): Promise<void>;

  /** Creates, does not start. Answers the id. */
  createContainer(request: ContainerRequest, signal: AbortSignal): Promise<string>;
  /** Succeeds if it runs already. */
  startContainer(id: string, signal: AbortSignal): Promise<void>;
  unpauseContainer(id: string, signal: AbortSignal): Promise<void>;
  /**
   * Stops with the container's own signal, kills after the grace period (seconds; undefined: the container's
   * own). Succeeds if it is not running or gone.
   */
  stopContainer(id: string, graceSeconds: number | undefined, signal: AbortSignal): Promise<void>;
  /** Kills it if it runs, removes it and its anonymous volumes. Succeeds if it is already gone. */
  removeContainer(id: string, signal: AbortSignal): Promise<void>;
  /** Succeeds if that is its name. A name server of its networks knows it by the new name at once. */
  renameContainer(id: string, name: string, signal: AbortSignal): Promise<void>;
  /**
   * Puts root's files into a container, whether it runs or not; below a mounted volume, they are the volume's.
   * Directories that are missing are made. All of them are there, in this order, or an error says not.
   */
  placeFiles(id: string, files: readonly FileToPlace[], signal: AbortSignal): Promise<void>;
  /**
   * Where a symbolic link in a container leads, of which only the last part is told; undefined: there is no
   * such container or link. Other than the content of a file, that costs the engine next to nothing.
   */
  readLink(container: string, path: string, signal: AbortSignal): Promise<string | undefined>;
  /** Changes in place what the field table marks as `update` (except networks). */
  updateContainer(id: string, spec: ContainerSpec, signal: AbortSignal): Promise<void>;
  /** Its addresses on its networks, IPv4; none where it is gone or does not run. */
  addressesOf(container: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Detaches first where it is already attached with other aliases or addresses. */
  connectNetwork(request: ConnectRequest, signal: AbortSignal): Promise<void>;
  /** Succeeds if it is not attached. */
  disconnectNetwork(container: string, network: string, signal: AbortSignal): Promise<void>;

  /**
   * Waits, driven by the engine's events, until the container is as wanted or cannot become so any more.
   * `running`: it has been running for `settleMilliseconds` without a restart. `healthy`: its health
   * check says so; a container without one counts as `running`. `exited`: it has ended.
   */
  awaitContainer(id: string, wait: WaitRequest, signal: AbortSignal): Promise<WaitResult>;

  /** Calls `onLine` for every line that the container wrote and writes, until it ends. */
  followLogs(id: string, onLine: (line: LogLine) => void, signal: AbortSignal): Promise<void>;
  /** The last lines, oldest first, both streams in order of time. */
  readLogs(id: string, lastLines: number, signal: AbortSignal): Promise<readonly LogLine[]>;

  /**
   * A TCP listener on this machine's loopback that leads to a port of the container, for stores that can
   * be reached in no other way.
   */
  openTunnel(container: string, port: number, signal: AbortSignal): Promise<Tunnel>;

  /** Whether a port that the engine publishes on its host's loopback is this machine's loopback too. */
  readonly sharesLoopback: boolean;

  close(): Promise<void>;
}

export interface ImageLabel {
  readonly name: string;
  readonly text: string;
}

export interface EngineLook {
  of(deployment: string): Promise<LiveEngine>;
}

export interface EngineVersion {
  /** undefined: what stands before the engine keeps it to itself. */
  readonly version: string | undefined;
  /** `1.41`. */
  readonly apiVersion: string;
}

/** The adapter adds the labels that say whose it is. */
export interface NetworkRequest {
  readonly spec: NetworkSpec;
  readonly deployment: string;
}

export interface VolumeRequest {
  readonly spec: VolumeSpec;
  readonly deployment: string;
}

export interface ContainerRequest {
  readonly name: string;
  readonly identity: ContainerIdentity;
  readonly spec: ContainerSpec;
}

/** Paths are absolute. */
export type FileToPlace =
  | { readonly kind: "directory"; readonly path: string; readonly mode: number }
  | { readonly kind: "file"; readonly path: string; readonly mode: number; readonly content: Text }
  /** `leadsTo` is relative to where the link is, and need not be there. */
  | { readonly kind: "link"; readonly path: string; readonly leadsTo: Text };

export interface ConnectRequest {
  readonly container: string;
  readonly attachment: NetworkAttachment;
}

export interface WaitRequest {
  readonly until: "running" | "healthy" | "exited";
  readonly timeoutMilliseconds: number;
  readonly settleMilliseconds: number;
}

export type WaitResult =
  | { readonly kind: "reached"; readonly exitCode: number | undefined }
  | { readonly kind: "timeout"; readonly status: ContainerStatus }
  /** It was to become healthy, and in this wait its health check gave it up. */
  | { readonly kind: "unhealthy" }
  /** It ended, was removed, or restarts over and over, while it was to run. */
  | { readonly kind: "ended"; readonly exitCode: number | undefined };

export interface LogLine {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export interface Tunnel {
  /** On 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}
