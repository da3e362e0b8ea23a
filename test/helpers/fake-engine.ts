import type {
  ConnectRequest,
  ContainerRequest,
  Engine,
  EngineLook,
  FileToPlace,
  ImageLabel,
  LogLine,
  NetworkRequest,
  Tunnel,
  VolumeRequest,
  WaitRequest,
  WaitResult,
} from "../../src/engine/engine.ts";
import { AxonError } from "../../src/errors.ts";
import { withoutImage } from "../../src/fields/table.ts";
import { bareVolume } from "../../src/fields/volume-table.ts";
import type {
  ContainerIdentity,
  ContainerStatus,
  ForeignPort,
  ImageFacts,
  LiveContainer,
  LiveEngine,
  LiveForeign,
} from "../../src/live.ts";
import type {
  ContainerSpec,
  Model,
  NetworkSpec,
  PublishedPort,
  VolumeSpec,
} from "../../src/model.ts";
import { looksSecret, reveal, Secret, type Text } from "../../src/secret.ts";
import { imageFacts } from "./build.ts";

/** What the containers of an image do once they are started. By default they run, and are healthy. */
export interface FakeBehaviour {
  /** They end at once with this code, and are started again as their restart policy says. */
  readonly exitCode?: number;
  /** Where they have a health check. */
  readonly health?: "starting" | "healthy" | "unhealthy";
  readonly lines?: readonly LogLine[];
  /** The engine refuses to start them. */
  readonly startFails?: Error;
}

export interface FakeContainer {
  readonly id: string;
  name: string;
  readonly identity: ContainerIdentity;
  spec: ContainerSpec;
  status: ContainerStatus;
  health: LiveContainer["health"];
  exitCode: number | undefined;
  /** By container port: what the engine chose, or was told. */
  hostPorts: Map<number, number>;
  /** By path: the content of what was put into it. */
  readonly files: Map<string, string>;
}

/** Networks that every engine has. */
const OF_ENGINE = ["host", "bridge"];

interface Owned {
  readonly name: string;
  readonly deployment: string | undefined;
}

/**
 * Keeps the engine contract in memory, with no timers: what would take time has happened at once, and a
 * wait for what will not come times out at once. Tests may change `containers` by hand.
 */
export class FakeEngine implements Engine {
  readonly description = "fake engine";
  readonly sharesLoopback = true;

  /** Every call: method and name, `createContainer shop-website-1`. */
  readonly calls: string[] = [];
  /** Calls that changed something or tried to. */
  mutations = 0;
  /** By method, or by method and name. */
  readonly failOn = new Map<string, Error>();
  /** Runs before a call; may throw, or wait. */
  intercept: ((call: string) => void | Promise<void>) | undefined;

  /** By reference: what the engine has, and what a pull would fetch. */
  readonly images = new Map<string, ImageFacts>();
  readonly registry = new Map<string, ImageFacts>();
  /** By reference. */
  readonly behaviours = new Map<string, FakeBehaviour>();

  /** By id. */
  readonly containers = new Map<string, FakeContainer>();
  /** By id. */
  readonly networks = new Map<string, Owned & { readonly spec: NetworkSpec }>();
  /** By name. */
  readonly volumes = new Map<string, Owned & { readonly spec: VolumeSpec }>();
  /** What is on the engine besides all that, of nobody's. */
  foreign: Partial<LiveForeign> = {};

  /** Started, and not waited for since: their health is news. */
  readonly #fresh = new Set<string>();
  /** By volume or container, and path. */
  readonly #links = new Map<string, string>();
  #sequence = 0;

  addImage(facts: ImageFacts): this {
    this.images.set(facts.reference, facts);
    return this;
  }

  /** Every image that the model names, supplying nothing by itself. */
  addImagesOf({ services, tasks }: Model): this {
    for (const { container } of [...Object.values(services), ...Object.values(tasks)]) {
      const { reference, id } = container.image;
      if (!this.#imageById(id)) this.addImage(imageFacts(reference, { id }));
    }
    return this;
  }

  /** By name, for tests that look or that change things by hand. */
  container(name: string): FakeContainer {
    const found = [...this.containers.values()].find((item) => item.name === name);
    if (!found) throw new Error(`the fake engine has no container ${name}`);
    return found;
  }

  async version(signal: AbortSignal) {
    await this.#read("version", signal);
    return { version: "1.0", apiVersion: "1.41" };
  }

  async inspectImage(reference: string, signal: AbortSignal): Promise<ImageFacts | undefined> {
    await this.#read(`inspectImage ${reference}`, signal);
    return this.images.get(reference) ?? this.#imageById(reference);
  }

  async findImages({ name, text }: ImageLabel, signal: AbortSignal): Promise<readonly string[]> {
    await this.#read(`findImages ${name}`, signal);
    const found = [...this.images.values()].filter(({ labels }) => labels[name] === text);
    return found.map(({ reference }) => reference).sort();
  }

  async pullImage(reference: string, signal: AbortSignal): Promise<void> {
    await this.#read(`pullImage ${reference}`, signal);
    const facts = this.registry.get(reference);
    if (!facts) throw new AxonError("IMAGE_UNAVAILABLE", `cannot pull ${reference}: not found`);
    this.images.set(reference, facts);
  }

  async observe(deployment: string, signal: AbortSignal): Promise<LiveEngine> {
    await this.#read(`observe ${deployment}`, signal);
    const isOurs = (item: Owned) => item.deployment === deployment;
    return {
      containers: [...this.containers.values()]
        .filter(({ identity }) => identity.deployment === deployment)
        .map((item) => this.#toLive(item))
        .sort(byName),
      networks: [...this.networks]
        .filter(([, item]) => isOurs(item))
        .map(([id, { name, spec }]) => ({
          id,
          name,
          spec,
          guests: this.#guestsOf(name, deployment),
        }))
        .sort(byName),
      volumes: [...this.volumes.values()]
        .filter(isOurs)
        .map(({ name, spec }) => ({ name, spec }))
        .sort(byName),
      foreign: this.#foreignTo(deployment),
    };
  }

  look(signal: AbortSignal): EngineLook {
    return { of: (deployment) => this.observe(deployment, signal) };
  }

  async inspectContainer(
    reference: string,
    signal: AbortSignal,
  ): Promise<LiveContainer | undefined> {
    await this.#read(`inspectContainer ${reference}`, signal);
    const found = this.#named(reference);
    return found && asTold(found);
  }

  async createNetwork({ spec, deployment }: NetworkRequest, signal: AbortSignal): Promise<string> {
    const { name } = spec;
    await this.#mutate(`createNetwork ${name}`, signal);
    if (this.#networkId(name)) throw new AxonError("NAME_TAKEN", `network ${name} exists`);
    const id = this.#nextId("network");
    this.networks.set(id, { name, deployment, spec });
    return id;
  }

  async removeNetwork(id: string, signal: AbortSignal): Promise<void> {
    const name = this.networks.get(id)?.name ?? id;
    await this.#mutate(`removeNetwork ${name}`, signal);
    this.networks.delete(id);
    for (const item of this.containers.values()) detach(item, name);
  }

  async createVolume({ spec, deployment }: VolumeRequest, signal: AbortSignal): Promise<void> {
    const { name } = spec;
    await this.#mutate(`createVolume ${name}`, signal);
    if (!this.volumes.has(name)) this.volumes.set(name, { name, deployment, spec });
  }

  async removeVolume(name: string, signal: AbortSignal): Promise<void> {
    await this.#mutate(`removeVolume ${name}`, signal);
    const holder = [...this.containers.values()].find(({ spec }) => mountsVolume(spec, name));
    if (holder) throw refused(`volume ${name} is in use by ${holder.name}`);
    this.volumes.delete(name);
  }

  async createContainer(request: ContainerRequest, signal: AbortSignal): Promise<string> {
    const id = await this.beginContainer(request, signal);
    const container = this.#require(id);
    const { networks, files } = request.spec;
    container.spec = { ...container.spec, networks };
    for (const { target, content = "" } of files) container.files.set(target, reveal(content));
    return id;
  }

  /** As far as a deployer comes that is killed when it has made a container: one network, no files, and labels that tell of all. */
  async beginContainer(request: ContainerRequest, signal: AbortSignal): Promise<string> {
    const { name, identity, spec } = request;
    await this.#mutate(`createContainer ${name}`, signal);
    if ([...this.containers.values()].some((item) => item.name === name)) {
      throw new AxonError("NAME_TAKEN", `container ${name} exists`);
    }
    if (!this.#imageById(spec.image.id)) {
      throw new AxonError("IMAGE_UNAVAILABLE", `the engine has no image ${spec.image.reference}`);
    }
    for (const network of spec.networks) this.#requireNetwork(network.name);
    this.#addImplicitVolumes(spec);
    const id = this.#nextId("container");
    this.containers.set(id, {
      id,
      name,
      identity,
      spec: {
        ...spec,
        networks: spec.networks.slice(0, 1),
        files: spec.files.map(({ content: _, ...file }) => file),
      },
      status: "created",
      health: "none",
      exitCode: undefined,
      hostPorts: new Map(),
      files: new Map(),
    });
    return id;
  }

  async startContainer(id: string, signal: AbortSignal): Promise<void> {
    const item = this.containers.get(id);
    await this.#mutate(`startContainer ${item?.name ?? id}`, signal);
    const container = this.#require(id);
    if (container.status === "running") return;
    if (container.status === "paused") throw refused(`container ${container.name} is paused`);
    const behaviour = this.#behaviourOf(container);
    if (behaviour.startFails) throw behaviour.startFails;
    this.#publish(container);
    this.#fresh.add(id);
    if (behaviour.exitCode === undefined) this.#run(container, behaviour);
    else end(container, behaviour.exitCode);
  }

  async unpauseContainer(id: string, signal: AbortSignal): Promise<void> {
    await this.#mutate(`unpauseContainer ${this.containers.get(id)?.name ?? id}`, signal);
    const container = this.#require(id);
    if (container.status !== "paused") throw refused(`container ${container.name} is not paused`);
    container.status = "running";
  }

  async stopContainer(
    id: string,
    graceSeconds: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const container = this.containers.get(id);
    const within = graceSeconds === undefined ? "" : ` within ${graceSeconds} s`;
    await this.#mutate(`stopContainer ${container?.name ?? id}${within}`, signal);
    if (!container || !isUp(container)) return;
    container.status = "exited";
    container.health = container.health === "none" ? "none" : "unhealthy";
    container.exitCode = 137;
    container.hostPorts = new Map();
  }

  async removeContainer(id: string, signal: AbortSignal): Promise<void> {
    await this.#mutate(`removeContainer ${this.containers.get(id)?.name ?? id}`, signal);
    this.containers.delete(id);
  }

  async renameContainer(id: string, name: string, signal: AbortSignal): Promise<void> {
    await this.#mutate(`renameContainer ${this.containers.get(id)?.name ?? id} ${name}`, signal);
    const container = this.#require(id);
    const holder = [...this.containers.values()].find((item) => item.name === name);
    if (holder && holder.id !== id) throw new AxonError("NAME_TAKEN", `container ${name} exists`);
    container.name = name;
  }

  async addressesOf(id: string): Promise<readonly string[]> {
    const container = this.containers.get(id);
    if (container?.status !== "running") return [];
    return container.spec.networks.map((_, at) => `10.0.${at}.${this.#place(id)}`);
  }

  #place(id: string): number {
    return [...this.containers.keys()].indexOf(id) + 1;
  }

  async placeFiles(reference: string, files: readonly FileToPlace[], signal: AbortSignal) {
    const found = this.#named(reference);
    await this.#mutate(`placeFiles ${found?.name ?? reference}`, signal);
    const container = this.#require(found?.id ?? reference);
    for (const file of files) {
      if (file.kind === "link") {
        this.#links.set(placeOf(file.path, container), reveal(file.leadsTo));
      }
    }
  }

  /** Somebody does, by hand. */
  removeLinks(): void {
    this.#links.clear();
  }

  async readLink(reference: string, path: string, signal: AbortSignal) {
    const found = this.#named(reference);
    await this.#read(`readLink ${found?.name ?? reference}`, signal);
    return found && this.#links.get(placeOf(path, found));
  }

  async updateContainer(id: string, spec: ContainerSpec, signal: AbortSignal): Promise<void> {
    await this.#mutate(`updateContainer ${this.containers.get(id)?.name ?? id}`, signal);
    const container = this.#require(id);
    const { restart, memory, cpus, pidsLimit } = spec;
    const { memorySwap, memoryReservation, cpuShares, cpuset } = spec;
    const limits = { memory, memorySwap, memoryReservation, cpus, cpuShares, cpuset, pidsLimit };
    container.spec = { ...container.spec, restart, ...limits };
  }

  async connectNetwork(request: ConnectRequest, signal: AbortSignal): Promise<void> {
    const name = this.containers.get(request.container)?.name ?? request.container;
    const { attachment } = request;
    await this.#mutate(`connectNetwork ${name} ${attachment.name}`, signal);
    const container = this.#require(request.container);
    this.#requireNetwork(attachment.name);
    detach(container, attachment.name);
    const networks = [
      ...container.spec.networks,
      { ...attachment, aliases: attachment.aliases.toSorted() },
    ];
    container.spec = { ...container.spec, networks: networks.sort(byName) };
  }

  async disconnectNetwork(id: string, network: string, signal: AbortSignal): Promise<void> {
    await this.#mutate(
      `disconnectNetwork ${this.containers.get(id)?.name ?? id} ${network}`,
      signal,
    );
    const container = this.containers.get(id);
    if (container) detach(container, network);
  }

  async awaitContainer(id: string, wait: WaitRequest, signal: AbortSignal): Promise<WaitResult> {
    const container = this.containers.get(id);
    await this.#read(`awaitContainer ${container?.name ?? id} ${wait.until}`, signal);
    if (!container) return { kind: "ended", exitCode: undefined };
    const { status, exitCode } = container;
    const isNews = this.#fresh.delete(id);
    if (status === "exited" || status === "restarting") {
      const isWanted = wait.until === "exited" && status === "exited";
      return { kind: isWanted ? "reached" : "ended", exitCode };
    }
    const health = wait.until === "healthy" ? container.health : "none";
    if (isNews && health === "unhealthy") return { kind: "unhealthy" };
    return status === "running" && wait.until !== "exited" && /none|^healthy/.test(health)
      ? { kind: "reached", exitCode: undefined }
      : { kind: "timeout", status };
  }

  async followLogs(
    id: string,
    onLine: (line: LogLine) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const container = this.containers.get(id);
    await this.#read(`followLogs ${container?.name ?? id}`, signal);
    for (const line of this.#linesOf(this.#require(id))) onLine(line);
  }

  async readLogs(id: string, lastLines: number, signal: AbortSignal): Promise<readonly LogLine[]> {
    await this.#read(`readLogs ${this.containers.get(id)?.name ?? id}`, signal);
    const lines = this.#linesOf(this.#require(id));
    return lines.slice(Math.max(0, lines.length - lastLines));
  }

  async openTunnel(container: string, port: number, signal: AbortSignal): Promise<Tunnel> {
    await this.#read(`openTunnel ${container} ${port}`, signal);
    return { port, close: async () => {} };
  }

  async close(): Promise<void> {}

  async #mutate(call: string, signal: AbortSignal): Promise<void> {
    await this.#read(call, signal, () => {
      this.mutations += 1;
    });
  }

  async #read(call: string, signal: AbortSignal, count?: () => void): Promise<void> {
    signal.throwIfAborted();
    this.calls.push(call);
    count?.();
    if (this.intercept) await this.intercept(call);
    const failure = this.failOn.get(call) ?? this.failOn.get(call.split(" ", 1)[0] ?? "");
    if (failure) throw failure;
  }

  #named(reference: string): FakeContainer | undefined {
    return [...this.containers.values()].find(
      ({ id, name }) => id === reference || name === reference,
    );
  }

  #require(id: string): FakeContainer {
    const found = this.containers.get(id);
    if (!found) throw refused(`no such container: ${id}`);
    return found;
  }

  #requireNetwork(name: string): void {
    if (!OF_ENGINE.includes(name) && !this.#networkId(name))
      throw refused(`network ${name} not found`);
  }

  #networkId(name: string): string | undefined {
    return [...this.networks].find(([, item]) => item.name === name)?.[0];
  }

  #imageById(id: string): ImageFacts | undefined {
    return [...this.images.values()].find((facts) => facts.id === id);
  }

  #nextId(kind: string): string {
    this.#sequence += 1;
    return `${kind}-${this.#sequence}`;
  }

  #behaviourOf({ spec }: FakeContainer): FakeBehaviour {
    return this.behaviours.get(spec.image.reference) ?? {};
  }

  #linesOf(container: FakeContainer): readonly LogLine[] {
    return container.status === "created" ? [] : (this.#behaviourOf(container).lines ?? []);
  }

  #run(container: FakeContainer, { health = "healthy" }: FakeBehaviour): void {
    container.status = "running";
    container.exitCode = undefined;
    container.health = this.#hasHealthcheck(container.spec) ? health : "none";
  }

  #hasHealthcheck({ healthcheck, image }: ContainerSpec): boolean {
    if (healthcheck === "none") return false;
    return healthcheck !== undefined || !!this.#imageById(image.id)?.defaults.hasHealthcheck;
  }

  #publish(container: FakeContainer): void {
    for (const wanted of container.spec.publish) {
      const holder = this.#heldPorts(container.id).find((held) => clashes(held, wanted));
      if (holder) {
        throw new AxonError(
          "PORT_TAKEN",
          `port ${wanted.hostPort} is already allocated (${holder.holder})`,
        );
      }
    }
    container.hostPorts = new Map(
      container.spec.publish.map(({ port, hostPort }) => [port, hostPort || this.#choosePort()]),
    );
  }

  #choosePort(): number {
    this.#sequence += 1;
    return 32_768 + this.#sequence;
  }

  #heldPorts(exceptId: string): readonly ForeignPort[] {
    const others = [...this.containers.values()].filter(({ id }) => id !== exceptId);
    return [...others.flatMap(portsOf), ...(this.foreign.publishedPorts ?? [])];
  }

  /** As the real one does it: a volume that is not there is made, and is nobody's. */
  #addImplicitVolumes({ mounts }: ContainerSpec): void {
    for (const { kind, source } of mounts) {
      if (kind === "volume" && !this.volumes.has(source)) {
        this.volumes.set(source, {
          name: source,
          deployment: undefined,
          spec: bareVolume(source),
        });
      }
    }
  }

  #guestsOf(network: string, deployment: string): string[] {
    return [...this.containers.values()]
      .filter(({ identity }) => identity.deployment !== deployment)
      .filter(({ spec }) => spec.networks.some(({ name }) => name === network))
      .map(({ name }) => name)
      .sort();
  }

  #toLive(container: FakeContainer): LiveContainer {
    const told = asTold(container);
    const defaults = this.#imageById(told.spec.image.id)?.defaults;
    return { ...told, spec: defaults ? withoutImage(told.spec, defaults) : told.spec };
  }

  #foreignTo(deployment: string): LiveForeign {
    const isForeign = (item: Owned) => item.deployment !== deployment;
    const containers = [...this.containers.values()].filter(
      ({ identity }) => identity.deployment !== deployment,
    );
    return {
      containerNames: {
        ...Object.fromEntries(containers.map((item) => [item.name, describe(item)])),
        ...this.foreign.containerNames,
      },
      networkNames: {
        ...named([...this.networks.values()].filter(isForeign), "network"),
        ...this.foreign.networkNames,
      },
      volumeNames: {
        ...named([...this.volumes.values()].filter(isForeign), "volume"),
        ...this.foreign.volumeNames,
      },
      publishedPorts: [...containers.flatMap(portsOf), ...(this.foreign.publishedPorts ?? [])],
      adoptable: [],
    };
  }
}

/** A restart policy brings it back, and it ends again. */
function end(container: FakeContainer, exitCode: number): void {
  const { name } = container.spec.restart;
  const restarts =
    name === "always" || name === "unless-stopped" || (name === "on-failure" && exitCode !== 0);
  container.status = restarts ? "restarting" : "exited";
  container.exitCode = exitCode;
  container.hostPorts = new Map();
}

function isUp({ status }: FakeContainer): boolean {
  return status === "running" || status === "paused" || status === "restarting";
}

function detach(container: FakeContainer, network: string): void {
  const networks = container.spec.networks.filter(({ name }) => name !== network);
  container.spec = { ...container.spec, networks };
}

function mountsVolume({ mounts }: ContainerSpec, name: string): boolean {
  return mounts.some(({ kind, source }) => kind === "volume" && source === name);
}

function portsOf({ spec, hostPorts, name }: FakeContainer): ForeignPort[] {
  return boundOf(spec, hostPorts).map(({ port: _, ...bound }) => ({ ...bound, holder: name }));
}

function asTold({ hostPorts, files: _, ...container }: FakeContainer): LiveContainer {
  const spec = { ...container.spec, env: asReported(container.spec.env) };
  return { ...container, spec, bound: boundOf(spec, hostPorts) };
}

function boundOf({ publish }: ContainerSpec, hostPorts: FakeContainer["hostPorts"]) {
  return publish.flatMap((wanted): PublishedPort[] => {
    const hostPort = hostPorts.get(wanted.port);
    return hostPort === undefined ? [] : [{ ...wanted, hostPort }];
  });
}

function clashes(held: ForeignPort, wanted: PublishedPort): boolean {
  const everywhere = ["", "0.0.0.0", "::"];
  const sameAddress =
    held.hostAddress === wanted.hostAddress ||
    everywhere.includes(held.hostAddress) ||
    everywhere.includes(wanted.hostAddress);
  return held.protocol === wanted.protocol && held.hostPort === wanted.hostPort && sameAddress;
}

function asReported(env: Readonly<Record<string, Text>>): Record<string, Text> {
  return Object.fromEntries(
    Object.entries(env).map(([name, text]) => [
      name,
      typeof text === "string" && looksSecret(name) ? new Secret(text) : text,
    ]),
  );
}

function describe({ id, spec }: FakeContainer): string {
  return `container ${id.slice(0, 12)} (image ${spec.image.reference})`;
}

function named(items: readonly Owned[], kind: string): Record<string, string> {
  return Object.fromEntries(
    items.map(({ name, deployment }) => [
      name,
      deployment === undefined ? `${kind} ${name}` : `${kind} of deployment ${deployment}`,
    ]),
  );
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function refused(message: string): AxonError {
  return new AxonError("ENGINE_REFUSED", message);
}

/** What is below a mounted volume is there for all who mount it. */
function placeOf(path: string, { id, spec }: FakeContainer): string {
  const mount = spec.mounts.find(({ target }) => path.startsWith(`${target}/`));
  return mount === undefined ? `${id}${path}` : `${mount.source}${path.slice(mount.target.length)}`;
}
