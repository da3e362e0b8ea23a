import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine, LogLine, WaitRequest } from "../../src/engine/engine.ts";
import { bareNetwork, networkDeltas } from "../../src/fields/network-table.ts";
import { diffContainer, withoutImage } from "../../src/fields/table.ts";
import { bareVolume, volumeDeltas } from "../../src/fields/volume-table.ts";
import type { ContainerIdentity, LiveContainer } from "../../src/live.ts";
import type { ContainerSpec, NetworkSpec, VolumeSpec } from "../../src/model.ts";
import { Secret } from "../../src/secret.ts";
import { containerSpec, imageIdentity } from "../helpers/build.ts";

/** What a container does, told by image and command. */
export type Role =
  /** Runs until it is stopped. */
  | "runs"
  /** Ends at once with 0. */
  | "succeeds"
  /** Ends at once with 3, after `one`, `two ü` on stdout and `three` on stderr. */
  | "fails"
  /** Has a health check that is content soon. */
  | "healthy"
  /** Has a health check that never is, and never gives up. */
  | "sick"
  /** Has a health check that fails once and gives up. */
  | "hopeless";

export interface EngineUnderTest {
  readonly engine: Engine;
  /** Nobody else uses it, nor a name that begins with it. */
  readonly deployment: string;
  readonly roles: Readonly<Record<Role, Partial<ContainerSpec> & Pick<ContainerSpec, "image">>>;
  dispose(): Promise<void>;
}

const ONCE = { name: "no", maximumRetries: 0 } as const;
const SOON: WaitRequest = { until: "running", timeoutMilliseconds: 20_000, settleMilliseconds: 50 };
const SHORTLY: WaitRequest = { ...SOON, timeoutMilliseconds: 700 };

/** What every engine must do. Run for the fake one in unit, for Docker in integration. */
export function describeEngine(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`${name} as an Engine`, () => {
    let world: EngineUnderTest;
    let engine: Engine;
    const { signal } = new AbortController();

    beforeEach(async () => {
      world = await open();
      engine = world.engine;
    });
    afterEach(() => world.dispose());

    const named = (suffix: string) => `${world.deployment}-${suffix}`;
    const identity = (overrides: Partial<ContainerIdentity> = {}): ContainerIdentity => ({
      deployment: world.deployment,
      service: "web",
      instance: 1,
      kind: "service",
      ...overrides,
    });
    const spec = (role: Role, overrides: Partial<ContainerSpec> = {}) =>
      containerSpec({ networks: [], restart: ONCE, ...world.roles[role], ...overrides });
    const network = () =>
      engine.createNetwork(
        { spec: bareNetwork(named("net")), deployment: world.deployment },
        signal,
      );
    const create = (of: ContainerSpec, suffix = "web") =>
      engine.createContainer({ name: named(suffix), identity: identity(), spec: of }, signal);
    const start = async (of: ContainerSpec, suffix = "web") => {
      const id = await create(of, suffix);
      await engine.startContainer(id, signal);
      return id;
    };
    const observe = () => engine.observe(world.deployment, signal);
    const onlyContainer = async (): Promise<LiveContainer> => {
      const { containers } = await observe();
      if (!containers[0] || containers[1]) throw new Error(`${containers.length} containers`);
      return containers[0];
    };
    const factsOf = async ({ image }: ContainerSpec) => {
      const facts = await engine.inspectImage(image.reference, signal);
      if (!facts) throw new Error(`no image ${image.reference}`);
      return facts;
    };
    const deltasTo = async (wanted: ContainerSpec) => {
      const { defaults } = await factsOf(wanted);
      const { spec: live } = await onlyContainer();
      return diffContainer(live, withoutImage(wanted, defaults)).deltas;
    };

    test("it says who it is", async () => {
      expect(engine.description).not.toBe("");
      expect(await engine.version(signal)).toMatchObject({
        apiVersion: expect.stringMatching(/^1\.\d+$/),
      });
    });

    test("an image is known by its reference and by its id", async () => {
      const { image } = world.roles.runs;
      expect(await engine.inspectImage(image.reference, signal)).toMatchObject(image);
      expect((await engine.inspectImage(image.id, signal))?.id).toBe(image.id);
    });

    test("an image that is not there is undefined", async () => {
      expect(await engine.inspectImage("axon-test/absent:1", signal)).toBeUndefined();
    });

    test("images without a label are not found by it", async () => {
      const label = { name: "com.example.absent", text: "x" };
      expect(await engine.findImages(label, signal)).toEqual([]);
    });

    test("an image that no registry has cannot be pulled", async () => {
      await expect(engine.pullImage("127.0.0.1:9/absent:1", signal)).rejects.toMatchObject({
        code: "IMAGE_UNAVAILABLE",
      });
    });

    test("a deployment that was never made is empty", async () => {
      expect(await observe()).toMatchObject({ containers: [], networks: [], volumes: [] });
    });

    test("a created container is observed as what was asked for, and does not run", async () => {
      const id = await create(spec("runs"));
      expect(await onlyContainer()).toMatchObject({
        id,
        name: named("web"),
        identity: identity(),
        status: "created",
        exitCode: undefined,
        bound: [],
      });
    });

    test("a one-shot's identity is observed as it was given", async () => {
      const task = identity({ service: "web.migrate", instance: 0, kind: "bootstrap" });
      await engine.createContainer(
        { name: named("migrate"), identity: task, spec: spec("runs") },
        signal,
      );
      expect((await onlyContainer()).identity).toEqual(task);
    });

    test("two looks at the same things show them in the same order, by name", async () => {
      for (const name of ["c", "a", "b"]) {
        await engine.createNetwork(
          { spec: bareNetwork(named(name)), deployment: world.deployment },
          signal,
        );
        await engine.createVolume(
          { spec: bareVolume(named(name)), deployment: world.deployment },
          signal,
        );
      }
      const { networks, volumes } = await engine.observe(world.deployment, signal);
      for (const found of [networks, volumes].map((all) => all.map(({ name }) => name))) {
        expect(found).toEqual(found.toSorted());
      }
    });

    test("a container with every field set is observed without a difference", async () => {
      await network();
      await engine.createNetwork(
        { spec: bareNetwork(named("two")), deployment: world.deployment },
        signal,
      );
      await engine.createVolume(
        { spec: bareVolume(named("data")), deployment: world.deployment },
        signal,
      );
      const wanted = spec("runs", {
        entrypoint: ["/bin/sh", "-c"],
        command: ["exec sleep 1000", "with space"],
        env: { PLAIN: "a=b c", EMPTY: "", DB_PASSWORD: "hidden", URL: new Secret("x://u:p@h") },
        user: "1000:1000",
        workingDir: "/srv/",
        mounts: [
          { kind: "volume", source: named("data"), target: "/srv/data", readOnly: false },
          { kind: "bind", source: "/", target: "/srv/host", readOnly: true },
          {
            kind: "bind",
            source: "/usr",
            target: "/srv/labelled",
            readOnly: true,
            options: { selinux: "z", propagation: "private" },
            createHostPath: true,
          },
          {
            kind: "tmpfs",
            source: "",
            target: "/srv/memory",
            readOnly: false,
            options: { size: "1048576", mode: "700" },
          },
          {
            kind: "volume",
            source: named("data"),
            target: "/srv/more",
            readOnly: true,
            options: { nocopy: "true" },
          },
        ],
        publish: [
          { port: 80, protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 0 },
          { port: 53, protocol: "udp", hostAddress: "", hostPort: 0 },
        ],
        healthcheck: {
          test: ["CMD-SHELL", "true"],
          interval: 1500,
          timeout: 500,
          startPeriod: 2000,
          retries: 4,
        },
        restart: { name: "on-failure", maximumRetries: 5 },
        tmpfs: { "/run": "", "/srv/fast": "mode=1777,size=1m" },
        labels: { "com.example.team": "web", empty: "", constructor: "x" },
        logDriver: "json-file",
        logOptions: { "max-file": "3", "max-size": "1m" },
        stopSignal: "SIGKILL",
        stopGraceSeconds: 3,
        files: [
          { target: "/etc/app/a.conf", mode: 0o644, digest: "sha256:1", content: "a = ü\n" },
          { target: "/secrets/db", mode: 0o400, digest: "keyed", content: new Secret("s") },
        ],
        hostname: "web.internal",
        domainname: "example.org",
        tty: true,
        stdinOpen: true,
        initProcess: true,
        privileged: true,
        capAdd: ["NET_ADMIN"],
        capDrop: ["CHOWN", "NET_RAW"],
        groupAdd: ["1001", "nogroup"],
        extraHosts: ["a:10.0.0.1", "db:10.0.0.5"],
        securityOpt: ["no-new-privileges=true", "seccomp=unconfined"],
        devices: ["/dev/null:/dev/nothing:rw", "/dev/zero:/dev/zero:rwm"],
        sysctls: { "net.core.somaxconn": "512" },
        ulimits: { core: "0:-1", nofile: "512:1024" },
        dns: ["10.0.0.53", "10.0.0.52"],
        dnsSearch: ["b.example.org", "a.example.org"],
        dnsOpt: ["ndots:2", "timeout:1"],
        ipc: "shareable",
        oomScoreAdj: 500,
        runtime: "runc",
        shmSize: 32 * 2 ** 20,
        memory: 128 * 2 ** 20,
        memorySwap: 512 * 2 ** 20,
        memoryReservation: 64 * 2 ** 20,
        cpus: 0.75,
        cpuShares: 512,
        cpuset: "0",
        pidsLimit: 300,
        networks: [
          { name: named("net"), aliases: ["a", "b"] },
          { name: named("two"), aliases: [] },
        ],
      });
      const id = await create(wanted);
      expect(await deltasTo(wanted)).toEqual([]);
      await engine.startContainer(id, signal);
      expect(await deltasTo(wanted)).toEqual([]);
    });

    test("a network is observed as what was asked for, and what was not is the engine's", async () => {
      const asked: NetworkSpec = {
        ...bareNetwork(named("net")),
        driver: "bridge",
        driverOpts: { "com.docker.network.bridge.enable_icc": "false" },
        labels: { "com.example.team": "web" },
        internal: true,
        attachable: true,
        ipv6: true,
        subnets: {
          "10.213.99.0/24": { gateway: "10.213.99.9", "aux_addresses.a": "10.213.99.4" },
          "fd00:99::/64": {},
        },
      };
      const { deployment } = world;
      await engine.createNetwork({ spec: asked, deployment }, signal);
      await engine.createNetwork({ spec: bareNetwork(named("plain")), deployment }, signal);
      const { networks } = await observe();
      expect(networks.map(({ spec: live }) => networkDeltas(live, asked).length)).toEqual([0, 6]);
      const [, plain] = networks;
      expect(plain && networkDeltas(plain.spec, bareNetwork(named("plain")))).toEqual([]);
    });

    test("a volume is observed as what was asked for", async () => {
      const asked: VolumeSpec = {
        ...bareVolume(named("data")),
        driver: "local",
        driverOpts: { type: "tmpfs", device: "tmpfs", o: "size=1m" },
        labels: { "com.example.team": "web" },
      };
      await engine.createVolume({ spec: asked, deployment: world.deployment }, signal);
      const [volume] = (await observe()).volumes;
      expect(volume && volumeDeltas(volume.spec, asked)).toEqual([]);
      expect(volume && volumeDeltas(volume.spec, bareVolume(named("data")))).toHaveLength(4);
    });

    test("addresses of a container are observed as what was asked for, and change in place", async () => {
      const subnets = { "10.213.98.0/24": {} };
      const spec98 = { ...bareNetwork(named("net")), subnets };
      await engine.createNetwork({ spec: spec98, deployment: world.deployment }, signal);
      const at = (ipv4: string) => ({ name: named("net"), aliases: [], addresses: { ipv4 } });
      const id = await start(spec("runs", { networks: [at("10.213.98.7")] }));
      expect((await onlyContainer()).spec.networks).toEqual([at("10.213.98.7")]);
      await engine.connectNetwork({ container: id, attachment: at("10.213.98.8") }, signal);
      expect((await onlyContainer()).spec.networks).toEqual([at("10.213.98.8")]);
    });

    test("namespaces that are shared are observed by the name of whose they are", async () => {
      await start(spec("runs"), "owner");
      const mode = `container:${named("owner")}`;
      const wanted = spec("runs", { networkMode: mode, pid: mode });
      await create(wanted, "sharing");
      const { containers } = await observe();
      const { defaults } = await factsOf(wanted);
      const live = containers.find(({ name }) => name === named("sharing"));
      expect(live && diffContainer(live.spec, withoutImage(wanted, defaults)).deltas).toEqual([]);
    });

    test("a host name may be an alias as well, and is none by itself", async () => {
      await network();
      const wanted = (aliases: readonly string[]) =>
        spec("runs", { hostname: "box", networks: [{ name: named("net"), aliases }] });
      await start(wanted(["a", "box"]));
      expect(await deltasTo(wanted(["a", "box"]))).toEqual([]);
      expect(await deltasTo(wanted(["a"]))).toEqual([]);
    });

    test.each<[string, Partial<ContainerSpec>]>([
      ["nothing but the image", {}],
      ["a health check that is switched off", { healthcheck: "none" }],
      ["no restart", { restart: ONCE }],
      ["an empty entrypoint", { entrypoint: [], command: ["sleep", "1000"] }],
      ["an empty command", { command: [] }],
      ["a root that cannot be written", { readOnly: true }],
      ["the usual shared memory", { shmSize: 64 * 2 ** 20 }],
      ["the usual way to stop", { stopSignal: "SIGTERM", stopGraceSeconds: 10 }],
      ["the root as working directory", { workingDir: "/" }],
      ["options of the log without a driver", { logOptions: { "max-size": "1m" } }],
      ["a container in the host's namespaces", { pid: "host", uts: "host", userns: "host" }],
      ["a container on the host's network", { networks: [{ name: "host", aliases: [] }] }],
      ["one with a name there", { networks: [{ name: "host", aliases: [] }], hostname: "box" }],
      ["a container on the engine's bridge", { networks: [{ name: "bridge", aliases: [] }] }],
      [
        "a request for devices",
        {
          gpus: [
            { driver: "", count: -1, deviceIds: [], capabilities: ["gpu"], options: {} },
            {
              driver: "nvidia",
              count: 0,
              deviceIds: ["a", "b"],
              capabilities: ["gpu", "utility"],
              options: { x: "1" },
            },
          ],
        },
      ],
      [
        "rights on the host written down twice",
        { privileged: true, securityOpt: ["label=disable"] },
      ],
      ["memory with as much swap as one likes", { memory: 2 ** 26, memorySwap: -1 }],
    ])("%s is observed without a difference", async (_, overrides) => {
      const wanted = spec("runs", overrides);
      await create(wanted);
      expect(await deltasTo(wanted)).toEqual([]);
    });

    test("what the image supplies may be written down as well", async () => {
      const { image, ...role } = world.roles.runs;
      const { defaults } = await factsOf(spec("runs"));
      const wanted = spec("runs", {
        image,
        env: { ...defaults.env },
        user: defaults.user,
        entrypoint: role.entrypoint ?? defaults.entrypoint,
        command: role.command ?? defaults.command,
      });
      await create(wanted);
      expect(await deltasTo(wanted)).toEqual([]);
      expect(await deltasTo(spec("runs"))).toEqual([]);
    });

    test("what was put into a container is told, but not its content", async () => {
      const file = { target: "/etc/a", mode: 0o600, digest: "sha256:1" };
      await create(spec("runs", { files: [{ ...file, content: "a" }] }));
      expect((await onlyContainer()).spec.files).toEqual([file]);
    });

    test("where a link on a volume leads is known of any container with that volume", async () => {
      const mounts = [
        { kind: "volume" as const, source: named("data"), target: "/data", readOnly: false },
      ];
      await engine.createVolume(
        { spec: bareVolume(named("data")), deployment: world.deployment },
        signal,
      );
      const path = "/data/deep/link";
      const one = await create(spec("runs", { mounts }), "one");
      expect(await engine.readLink(one, path, signal)).toBeUndefined();
      await engine.placeFiles(
        one,
        [
          { kind: "directory", path: "/data/deep", mode: 0o700 },
          { kind: "file", path: "/data/deep/file", mode: 0o600, content: new Secret("there") },
          { kind: "link", path, leadsTo: new Secret("1234-abcd") },
        ],
        signal,
      );
      expect(await engine.readLink(one, path, signal)).toBe("1234-abcd");
      await engine.removeContainer(one, signal);
      const other = await start(spec("runs", { mounts }), "other");
      expect(await engine.readLink(named("other"), path, signal)).toBe("1234-abcd");
      expect(await engine.readLink(other, "/data/deep/absent", signal)).toBeUndefined();
      expect(await engine.readLink(named("absent"), path, signal)).toBeUndefined();
    });

    test("limits are changed in a container that runs, and the one of processes is lifted", async () => {
      const limits = {
        memory: 64 * 2 ** 20,
        memorySwap: 100 * 2 ** 20,
        memoryReservation: 32 * 2 ** 20,
        cpus: 0.5,
        cpuShares: 512,
        cpuset: "0",
        pidsLimit: 100,
      };
      const id = await start(spec("runs", limits));
      expect(await deltasTo(spec("runs", limits))).toEqual([]);
      const raised = {
        memory: 512 * 2 ** 20,
        memorySwap: 700 * 2 ** 20,
        memoryReservation: 64 * 2 ** 20,
        cpus: 1.25,
        cpuShares: 2048,
        cpuset: "0-1",
        pidsLimit: 200,
      };
      const lowered = {
        ...raised,
        memory: 32 * 2 ** 20,
        memorySwap: undefined,
        memoryReservation: 16 * 2 ** 20,
        cpus: 0.25,
        pidsLimit: undefined,
      };
      for (const wanted of [spec("runs", raised), spec("runs", lowered)]) {
        await engine.updateContainer(id, wanted, signal);
        expect(await deltasTo(wanted)).toEqual([]);
      }
    });

    test("limits are set in a container that has none", async () => {
      const id = await start(spec("runs"));
      const wanted = spec("runs", {
        memory: 64 * 2 ** 20,
        memorySwap: -1,
        memoryReservation: 32 * 2 ** 20,
        cpus: 1,
        cpuShares: 512,
        cpuset: "0",
        pidsLimit: 50,
      });
      await engine.updateContainer(id, wanted, signal);
      expect(await deltasTo(wanted)).toEqual([]);
    });

    test("a value that was given as a secret is observed as one", async () => {
      await create(spec("runs", { env: { URL: new Secret("x://u:p@h"), PASSWORD: "p" } }));
      const { env } = (await onlyContainer()).spec;
      expect(env.URL).toBeInstanceOf(Secret);
      expect(env.PASSWORD).toBeInstanceOf(Secret);
    });

    test("a name can be given once", async () => {
      await create(spec("runs"));
      await expect(create(spec("runs"))).rejects.toMatchObject({ code: "NAME_TAKEN" });
    });

    test("a container of an image that is not there is refused", async () => {
      const image = imageIdentity("axon-test/absent:1");
      await expect(create(spec("runs", { image }))).rejects.toMatchObject({
        code: "IMAGE_UNAVAILABLE",
      });
    });

    test("what belongs to another deployment is foreign, and said to stand in the way", async () => {
      const other = named("other");
      await engine.createNetwork({ spec: bareNetwork(named("net")), deployment: other }, signal);
      await engine.createVolume({ spec: bareVolume(named("data")), deployment: other }, signal);
      const publish = [
        { port: 80, protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 0 },
      ] as const;
      const id = await engine.createContainer(
        {
          name: named("web"),
          identity: identity({ deployment: other }),
          spec: spec("runs", { networks: [{ name: named("net"), aliases: [] }], publish }),
        },
        signal,
      );
      await engine.startContainer(id, signal);
      const bound = (await engine.inspectContainer(id, signal))?.bound;
      const live = await observe();
      expect(live).toMatchObject({ containers: [], networks: [], volumes: [] });
      expect(live.foreign.containerNames[named("web")]).toContain("container");
      expect(live.foreign.networkNames[named("net")]).toContain("network");
      expect(live.foreign.volumeNames[named("data")]).toContain("volume");
      expect(live.foreign.publishedPorts).toContainEqual({
        protocol: "tcp",
        hostAddress: "127.0.0.1",
        hostPort: bound?.find(({ port }) => port === 80)?.hostPort,
        holder: named("web"),
      });
      expect((await engine.observe(other, signal)).containers).toHaveLength(1);
    });

    test("a look that is begun before the deployment is known sees what is its", async () => {
      await network();
      const { foreign: _, ...own } = await engine.look(signal).of(world.deployment);
      // What is others' comes and goes meanwhile.
      expect(await observe()).toMatchObject(own);
    });

    test("networks and volumes are observed, and gone when they are removed", async () => {
      const id = await network();
      await engine.createVolume(
        { spec: bareVolume(named("data")), deployment: world.deployment },
        signal,
      );
      expect(await observe()).toMatchObject({
        networks: [{ id, name: named("net") }],
        volumes: [{ name: named("data") }],
      });
      await engine.removeNetwork(id, signal);
      await engine.removeVolume(named("data"), signal);
      expect(await observe()).toMatchObject({ networks: [], volumes: [] });
    });

    test("removing what is gone succeeds", async () => {
      const id = await network();
      await engine.removeNetwork(id, signal);
      await engine.removeNetwork(id, signal);
      await engine.removeVolume(named("data"), signal);
      await engine.removeContainer("0123456789ab", signal);
      await engine.stopContainer("0123456789ab", 1, signal);
    });

    test("a network's name can be given once, a volume's again and again", async () => {
      await network();
      await expect(network()).rejects.toMatchObject({ code: "NAME_TAKEN" });
      const request = { spec: bareVolume(named("data")), deployment: world.deployment };
      await engine.createVolume(request, signal);
      await engine.createVolume(request, signal);
    });

    test("a volume in use is not removed", async () => {
      await engine.createVolume(
        { spec: bareVolume(named("data")), deployment: world.deployment },
        signal,
      );
      const mount = {
        kind: "volume",
        source: named("data"),
        target: "/d",
        readOnly: false,
      } as const;
      await create(spec("runs", { mounts: [mount] }));
      await expect(engine.removeVolume(named("data"), signal)).rejects.toMatchObject({
        code: "ENGINE_REFUSED",
      });
    });

    test("a network is removed from under the containers that use it", async () => {
      const id = await network();
      await start(spec("runs", { networks: [{ name: named("net"), aliases: [] }] }));
      await engine.removeNetwork(id, signal);
      expect((await observe()).networks).toEqual([]);
      expect((await onlyContainer()).spec.networks).toEqual([]);
    });

    test("starting what runs succeeds", async () => {
      const id = await start(spec("runs"));
      await engine.startContainer(id, signal);
      expect(await onlyContainer()).toMatchObject({ status: "running", exitCode: undefined });
    });

    test("starting what is gone is refused", async () => {
      await expect(engine.startContainer("0123456789ab", signal)).rejects.toMatchObject({
        code: "ENGINE_REFUSED",
      });
    });

    test("stopping ends it, and succeeds again", async () => {
      const id = await start(spec("runs"));
      await engine.stopContainer(id, 0, signal);
      await engine.stopContainer(id, 0, signal);
      const { status, exitCode } = await onlyContainer();
      expect({ status, exitCode }).toEqual({ status: "exited", exitCode: expect.any(Number) });
    });

    test("a stopped container runs again as the same one", async () => {
      const id = await start(spec("runs"));
      await engine.stopContainer(id, 0, signal);
      await engine.startContainer(id, signal);
      expect(await onlyContainer()).toMatchObject({ id, status: "running" });
    });

    test("a running container is removed", async () => {
      const id = await start(spec("runs"));
      await engine.removeContainer(id, signal);
      await engine.removeContainer(id, signal);
      expect((await observe()).containers).toEqual([]);
    });

    test("a renamed container is the same one", async () => {
      const id = await start(spec("runs"));
      await engine.renameContainer(id, named("old"), signal);
      await engine.renameContainer(id, named("old"), signal);
      expect(await onlyContainer()).toMatchObject({ id, name: named("old") });
      await create(spec("runs"));
      await expect(engine.renameContainer(id, named("web"), signal)).rejects.toMatchObject({
        code: "NAME_TAKEN",
      });
    });

    test("a container has an address on each of its networks while it runs", async () => {
      await network();
      const networks = [{ name: named("net"), aliases: [] }];
      const id = await start(spec("runs", { networks }));
      const addresses = await engine.addressesOf(id, signal);
      expect(addresses).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/)]);
      await engine.stopContainer(id, 0, signal);
      expect(await engine.addressesOf(id, signal)).toEqual([]);
      await engine.removeContainer(id, signal);
      expect(await engine.addressesOf(id, signal)).toEqual([]);
    });

    test("the restart policy is changed in place", async () => {
      const id = await start(spec("runs"));
      const wanted = spec("runs", { restart: { name: "always", maximumRetries: 0 } });
      await engine.updateContainer(id, wanted, signal);
      expect(await deltasTo(wanted)).toEqual([]);
      expect((await onlyContainer()).id).toBe(id);
    });

    test.each(["created", "running"])("a %s container is attached and detached", async (state) => {
      await network();
      const home = await engine.createNetwork(
        { spec: bareNetwork(named("home")), deployment: world.deployment },
        signal,
      );
      expect(home).not.toBe("");
      const wanted = spec("runs", { networks: [{ name: named("home"), aliases: [] }] });
      const id = await (state === "running" ? start(wanted) : create(wanted));
      const attachments = async () =>
        (await onlyContainer()).spec.networks.filter(({ name }) => name === named("net"));
      const connect = (aliases: readonly string[]) =>
        engine.connectNetwork(
          { container: id, attachment: { name: named("net"), aliases } },
          signal,
        );

      await connect(["one"]);
      expect(await attachments()).toEqual([{ name: named("net"), aliases: ["one"] }]);
      await connect(["one"]);
      await connect(["two", "three"]);
      expect(await attachments()).toEqual([{ name: named("net"), aliases: ["three", "two"] }]);
      await engine.disconnectNetwork(id, named("net"), signal);
      await engine.disconnectNetwork(id, named("net"), signal);
      expect(await attachments()).toEqual([]);
    });

    test("a container that is attached to nothing can be attached", async () => {
      await network();
      const id = await start(spec("runs"));
      await engine.connectNetwork(
        { container: id, attachment: { name: named("net"), aliases: [] } },
        signal,
      );
      expect((await onlyContainer()).spec.networks).toEqual([{ name: named("net"), aliases: [] }]);
    });

    test("a host port is held by one container at a time", async () => {
      await network();
      const networks = [{ name: named("net"), aliases: [] }];
      const port = { port: 80, protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 0 } as const;
      await start(spec("runs", { networks, publish: [port] }));
      const { bound } = await onlyContainer();
      const hostPort = bound[0]?.hostPort;
      expect(hostPort).toBeGreaterThan(0);
      expect(bound).toEqual([{ ...port, hostPort }]);
      const rival = spec("runs", { networks, publish: [{ ...port, hostPort: hostPort ?? 0 }] });
      await expect(start(rival, "rival")).rejects.toMatchObject({ code: "PORT_TAKEN" });
    });

    test("what is not paused cannot be unpaused", async () => {
      const id = await start(spec("runs"));
      await expect(engine.unpauseContainer(id, signal)).rejects.toMatchObject({
        code: "ENGINE_REFUSED",
      });
    });

    test("waiting for what runs ends when it has settled", async () => {
      const id = await start(spec("runs"));
      expect(await engine.awaitContainer(id, SOON, signal)).toEqual({
        kind: "reached",
        exitCode: undefined,
      });
    });

    test("without a health check, healthy is running", async () => {
      const id = await start(spec("runs", { healthcheck: "none" }));
      expect(await engine.awaitContainer(id, { ...SOON, until: "healthy" }, signal)).toMatchObject({
        kind: "reached",
      });
    });

    test("waiting for health ends with it", async () => {
      const id = await start(spec("healthy"));
      expect(await engine.awaitContainer(id, { ...SOON, until: "healthy" }, signal)).toMatchObject({
        kind: "reached",
      });
      expect((await onlyContainer()).health).toBe("healthy");
    });

    test("waiting for health that never comes ends in time", async () => {
      const id = await start(spec("sick"));
      const wait = { ...SHORTLY, until: "healthy" } as const;
      expect(await engine.awaitContainer(id, wait, signal)).toEqual({
        kind: "timeout",
        status: "running",
      });
    });

    test("waiting for health ends when its check gives up, and the next wait hopes anew", async () => {
      const id = await start(spec("hopeless"));
      const wait = { ...SOON, until: "healthy" } as const;
      expect(await engine.awaitContainer(id, wait, signal)).toEqual({ kind: "unhealthy" });
      expect((await onlyContainer()).health).toBe("unhealthy");
      expect(await engine.awaitContainer(id, { ...SHORTLY, until: "healthy" }, signal)).toEqual({
        kind: "timeout",
        status: "running",
      });
    });

    test("waiting for a container that was never started ends in time", async () => {
      const id = await create(spec("runs"));
      expect(await engine.awaitContainer(id, SHORTLY, signal)).toEqual({
        kind: "timeout",
        status: "created",
      });
    });

    test.each(["running", "healthy"] as const)("what ends does not become %s", async (until) => {
      const id = await start(spec("fails"));
      const wait = { ...SOON, settleMilliseconds: 5000, until };
      expect(await engine.awaitContainer(id, wait, signal)).toEqual({ kind: "ended", exitCode: 3 });
    });

    test("what ends over and over does not become running", async () => {
      const id = await start(spec("fails", { restart: { name: "always", maximumRetries: 0 } }));
      const wait = { ...SOON, settleMilliseconds: 5000 };
      expect(await engine.awaitContainer(id, wait, signal)).toEqual({ kind: "ended", exitCode: 3 });
    });

    test("what is gone has ended", async () => {
      const id = await start(spec("runs"));
      await engine.removeContainer(id, signal);
      expect(await engine.awaitContainer(id, SOON, signal)).toEqual({
        kind: "ended",
        exitCode: undefined,
      });
    });

    test.each([
      ["succeeds", 0],
      ["fails", 3],
    ] as const)("the exit code of what %s is %i", async (role, exitCode) => {
      const id = await start(spec(role));
      expect(await engine.awaitContainer(id, { ...SOON, until: "exited" }, signal)).toEqual({
        kind: "reached",
        exitCode,
      });
      expect(await onlyContainer()).toMatchObject({ status: "exited", exitCode });
    });

    test("waiting for the end of what runs ends in time", async () => {
      const id = await start(spec("runs"));
      expect(await engine.awaitContainer(id, { ...SHORTLY, until: "exited" }, signal)).toEqual({
        kind: "timeout",
        status: "running",
      });
    });

    test("the log is told line by line, to its end", async () => {
      const id = await start(spec("fails"));
      const lines: LogLine[] = [];
      await engine.followLogs(id, (line) => lines.push(line), signal);
      expect(lines).toHaveLength(3);
      expect(lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text)).toEqual([
        "one",
        "two ü",
      ]);
      expect(lines).toContainEqual({ stream: "stderr", text: "three" });
    });

    test("the last lines of a log can be read", async () => {
      const id = await start(spec("fails"));
      await engine.awaitContainer(id, { ...SOON, until: "exited" }, signal);
      expect(await engine.readLogs(id, 50, signal)).toHaveLength(3);
      expect(await engine.readLogs(id, 1, signal)).toHaveLength(1);
    });

    test("an aborted signal ends every call with its reason, before anything is done", async () => {
      const reason = new Error("enough");
      const aborted = AbortSignal.abort(reason);
      const id = await create(spec("runs"));
      const calls = [
        () => engine.version(aborted),
        () => engine.observe(world.deployment, aborted),
        () => engine.startContainer(id, aborted),
        () => engine.removeContainer(id, aborted),
        () => engine.awaitContainer(id, SOON, aborted),
        () => engine.readLogs(id, 1, aborted),
      ];
      for (const call of calls) await expect(call()).rejects.toBe(reason);
      expect((await onlyContainer()).status).toBe("created");
    });
  });
}
