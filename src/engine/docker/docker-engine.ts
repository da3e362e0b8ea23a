import type { DockerContainer } from "../../fields/docker-api.ts";
import { toDockerUpdate } from "../../fields/table.ts";
import { toDockerVolume } from "../../fields/volume-table.ts";
import type { Watcher } from "../../http/watcher.ts";
import type { ImageFacts, LiveContainer, LiveEngine } from "../../live.ts";
import type { ContainerSpec } from "../../model.ts";
import type {
  ConnectRequest,
  ContainerRequest,
  Engine,
  EngineLook,
  EngineVersion,
  FileToPlace,
  ImageLabel,
  LogLine,
  NetworkRequest,
  Tunnel,
  VolumeRequest,
  WaitRequest,
  WaitResult,
} from "../engine.ts";
import { detach, reattach } from "./attach.ts";
import { awaitContainer } from "./await-container.ts";
import { ContainerEvents } from "./container-events.ts";
import { createContainer } from "./create-container.ts";
import { createNetwork } from "./create-network.ts";
import { type DockerCall, DockerClient, type Endpoint } from "./docker-client.ts";
import { isStatus } from "./docker-errors.ts";
import type { DockerImage, DockerImageEntry, DockerNetwork } from "./docker-responses.ts";
import { type EngineAddress, isOnThisMachine } from "./engine-address.ts";
import { fromImage } from "./from-image.ts";
import { deploymentLabels, type Labels } from "./labels.ts";
import { followLogs, readLogs } from "./logs.ts";
import { beginLook, observeContainer } from "./observe.ts";
import { sendFiles } from "./place-files.ts";
import { pullImage } from "./pull.ts";
import { readLink } from "./read-link.ts";
import { readVersion } from "./read-version.ts";
import type { FindCredentials } from "./registry-auth.ts";
import { openTunnel } from "./tunnel.ts";

export interface DockerEngineOptions {
  /** Put on everything that is created, besides the engine's own. */
  readonly labels?: Labels;
  /** Who may pull from a registry. */
  readonly credentials?: FindCredentials;
  readonly watcher?: Watcher | undefined;
}

/** Says nothing to the engine yet: `version` proves that it answers. */
export async function openDockerEngine(
  address: EngineAddress,
  options: DockerEngineOptions = {},
): Promise<Engine> {
  return new DockerEngine(address, await DockerClient.open(address, options.watcher), options);
}

class DockerEngine implements Engine {
  readonly description: string;
  readonly sharesLoopback: boolean;
  readonly #client: DockerClient;
  readonly #events: ContainerEvents;
  readonly #labels: Labels;
  readonly #credentials: FindCredentials;

  constructor(address: EngineAddress, client: DockerClient, options: DockerEngineOptions) {
    this.description = `docker (${address.description})`;
    this.sharesLoopback = isOnThisMachine(address);
    this.#client = client;
    this.#events = new ContainerEvents(client);
    this.#labels = options.labels ?? {};
    this.#credentials = options.credentials ?? (async () => undefined);
  }

  version(signal: AbortSignal): Promise<EngineVersion> {
    return readVersion(this.#client, signal);
  }

  async inspectImage(reference: string, signal: AbortSignal): Promise<ImageFacts | undefined> {
    const call = { doing: `inspect image ${reference}`, signal };
    const image = await this.#unless([404], () =>
      this.#client.json<DockerImage>(`GET /images/${reference}/json`, call),
    );
    return image && fromImage(image, reference);
  }

  async findImages({ name, text }: ImageLabel, signal: AbortSignal): Promise<readonly string[]> {
    const filters = JSON.stringify({ label: [`${name}=${text}`] });
    const call = { doing: `list images with label ${name}`, query: { filters }, signal };
    const found = await this.#client.json<DockerImageEntry[]>("GET /images/json", call);
    return found.map(({ Id, RepoTags }) => RepoTags?.find(isName) ?? Id).sort();
  }

  pullImage(reference: string, signal: AbortSignal, platform?: string): Promise<void> {
    const request = { reference, platform, credentials: this.#credentials, signal };
    return pullImage(this.#client, request);
  }

  observe(deployment: string, signal: AbortSignal): Promise<LiveEngine> {
    return this.look(signal).of(deployment);
  }

  look(signal: AbortSignal): EngineLook {
    return beginLook({ client: this.#client, signal });
  }

  inspectContainer(reference: string, signal: AbortSignal): Promise<LiveContainer | undefined> {
    return observeContainer(reference, { client: this.#client, signal });
  }

  createNetwork(request: NetworkRequest, signal: AbortSignal): Promise<string> {
    return createNetwork(this.#client, { request, extraLabels: this.#labels, signal });
  }

  async removeNetwork(id: string, signal: AbortSignal): Promise<void> {
    const doing = `remove network ${id.slice(0, 12)}`;
    const network = await this.#unless([404], () =>
      this.#client.json<DockerNetwork>(`GET /networks/${id}`, { doing, signal }),
    );
    for (const container of Object.keys(network?.Containers ?? {})) {
      await detach(this.#client, { container, name: id, signal });
    }
    await this.#do(`DELETE /networks/${id}`, { doing, signal }, [404]);
  }

  async createVolume({ spec, deployment }: VolumeRequest, signal: AbortSignal): Promise<void> {
    const { name } = spec;
    const settings = toDockerVolume(spec);
    const Labels = { ...this.#labels, ...settings.Labels, ...deploymentLabels(deployment) };
    const body = { ...settings, Name: name, Labels };
    await this.#do("POST /volumes/create", { doing: `create volume ${name}`, body, signal });
  }

  async removeVolume(name: string, signal: AbortSignal): Promise<void> {
    await this.#do(`DELETE /volumes/${name}`, { doing: `remove volume ${name}`, signal }, [404]);
  }

  createContainer(request: ContainerRequest, signal: AbortSignal): Promise<string> {
    return createContainer(this.#client, { request, extraLabels: this.#labels, signal });
  }

  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    await this.#do(`POST /containers/${id}/start`, { doing: `start ${container(id)}`, signal });
  }

  async unpauseContainer(id: string, signal: AbortSignal): Promise<void> {
    await this.#do(`POST /containers/${id}/unpause`, { doing: `unpause ${container(id)}`, signal });
  }

  async stopContainer(
    id: string,
    graceSeconds: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const query = graceSeconds === undefined ? {} : { t: Math.ceil(graceSeconds) };
    const call = { doing: `stop ${container(id)}`, query, isLong: true, signal };
    await this.#do(`POST /containers/${id}/stop`, call, [404]);
  }

  /** 409: somebody is removing it just now. */
  async removeContainer(id: string, signal: AbortSignal): Promise<void> {
    const query = { force: true, v: true };
    const call = { doing: `remove ${container(id)}`, query, isLong: true, signal };
    await this.#do(`DELETE /containers/${id}`, call, [404, 409]);
  }

  async renameContainer(id: string, name: string, signal: AbortSignal): Promise<void> {
    const call = { doing: `rename ${container(id)} to ${name}`, query: { name }, signal };
    // The engine refuses a name that the container has already.
    await this.#do(`POST /containers/${id}/rename`, call).catch(async (problem: unknown) => {
      if ((await this.#inspect(id, signal))?.Name !== `/${name}`) throw problem;
    });
  }

  async addressesOf(id: string, signal: AbortSignal): Promise<readonly string[]> {
    const found = await this.#inspect(id, signal);
    const networks = Object.values(found?.NetworkSettings.Networks ?? {});
    return networks.flatMap(({ IPAddress }) => (IPAddress ? [IPAddress] : []));
  }

  async #inspect(id: string, signal: AbortSignal): Promise<DockerContainer | undefined> {
    const call = { doing: `inspect ${container(id)}`, signal };
    return await this.#unless([404], () =>
      this.#client.json<DockerContainer>(`GET /containers/${id}/json`, call),
    );
  }

  async placeFiles(id: string, files: readonly FileToPlace[], signal: AbortSignal): Promise<void> {
    await sendFiles(this.#client, { container: id, files, signal });
  }

  readLink(id: string, path: string, signal: AbortSignal): Promise<string | undefined> {
    return this.#unless([404], () => readLink(this.#client, { container: id, path, signal }));
  }

  async updateContainer(id: string, spec: ContainerSpec, signal: AbortSignal): Promise<void> {
    const call = { doing: `update ${container(id)}`, body: toDockerUpdate(spec), signal };
    await this.#do(`POST /containers/${id}/update`, call);
  }

  connectNetwork(request: ConnectRequest, signal: AbortSignal): Promise<void> {
    const { container, attachment } = request;
    return reattach(this.#client, { ...attachment, container, signal });
  }

  disconnectNetwork(container: string, network: string, signal: AbortSignal): Promise<void> {
    return detach(this.#client, { container, name: network, signal });
  }

  awaitContainer(id: string, wait: WaitRequest, signal: AbortSignal): Promise<WaitResult> {
    return awaitContainer(this.#client, this.#events, { id, wait, signal });
  }

  followLogs(id: string, onLine: (line: LogLine) => void, signal: AbortSignal): Promise<void> {
    return followLogs(this.#client, { id, onLine, signal });
  }

  async readLogs(id: string, lastLines: number, signal: AbortSignal): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    const onLine = (line: LogLine) => lines.push(line);
    await readLogs(this.#client, { id, onLine, lastLines, signal });
    return lines.slice(Math.max(0, lines.length - lastLines));
  }

  openTunnel(container: string, port: number, signal: AbortSignal): Promise<Tunnel> {
    return openTunnel(this.#client, { container, port, signal });
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  async #do(endpoint: Endpoint, call: DockerCall, fine: readonly number[] = []): Promise<void> {
    await this.#unless(fine, () => this.#client.json<unknown>(endpoint, call));
  }

  async #unless<T>(statuses: readonly number[], call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (isStatus(error, ...statuses)) return undefined;
      throw error;
    }
  }
}

function container(id: string): string {
  return `container ${id.slice(0, 12)}`;
}

/** What has no name is called `<none>:<none>`. */
function isName(tag: string): boolean {
  return !tag.startsWith("<");
}
