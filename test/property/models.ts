import fc from "fast-check";
import { withoutImage } from "../../src/fields/table.ts";
import type { ImageDefaults, ImageFacts } from "../../src/live.ts";
import type {
  ContainerSpec,
  ImageIdentity,
  Model,
  PublishedPort,
  ReplaceOrder,
  Requirement,
  RouteAuth,
  RouteSpec,
  ServiceSpec,
  TaskSpec,
} from "../../src/model.ts";
import { Secret, type Text, textFor } from "../../src/secret.ts";
import { tokenName } from "../../src/store-layout.ts";
import {
  containerSpec,
  DEPLOYMENT,
  imageFacts,
  imageIdentity,
  model,
  NO_DEFAULTS,
  route,
  service,
  task,
} from "../helpers/build.ts";
import type { FakeEngine } from "../helpers/fake-engine.ts";

const NAMES = ["api", "cache", "db", "web"] as const;
const VOLUMES = ["data", "logs"] as const;
const DOMAINS = ["example.org", "a.example.org"] as const;

const SUPPLIES: ImageDefaults = {
  ...NO_DEFAULTS,
  command: ["serve"],
  env: { BRAND: "one" },
  user: "app",
  workingDir: "/srv",
  stopSignal: "SIGQUIT",
  labels: { team: "one" },
  hasHealthcheck: true,
};

/** Some supply what services also write down, which then is no difference. */
const IMAGES: readonly ImageFacts[] = [
  imageFacts("app:1"),
  imageFacts("app:2", { defaults: SUPPLIES }),
  imageFacts("app:2", { id: imageIdentity("app:2", "moved").id, defaults: SUPPLIES }),
  imageFacts("tool:1"),
];

/** In the fake engine the image decides what a container does, and one-shots end. */
const JOBS: ReadonlyMap<string, ImageFacts> = new Map(
  IMAGES.map(({ reference, id }) => [
    id,
    imageFacts(`job-${reference}`, { id: imageIdentity(`job-${reference}`, id).id }),
  ]),
);

export function addImages(engine: FakeEngine): void {
  for (const facts of [...IMAGES, ...JOBS.values()]) engine.images.set(facts.id, facts);
}

const images = fc.constantFrom(...IMAGES);
const words = fc.constantFrom("", "one", "two", "three\nlines\nof text");
const secrets = fc.constantFrom("classified", "classified too");
const envs = fc.record({ MODE: words, BRAND: words, API_TOKEN: secrets }, { requiredKeys: [] });
const lists = fc.option(fc.constantFrom(["serve"], ["serve", "--fast"]), { nil: undefined });

function placed(content: string) {
  return { target: "/etc/app.conf", mode: 0o644, digest: `sha256:${content}`, content };
}

const containers = fc.record({
  image: images,
  command: lists,
  entrypoint: lists,
  env: envs,
  user: fc.constantFrom(undefined, "root", "app"),
  volumes: fc.subarray([...VOLUMES]),
  surroundings: fc.constantFrom<Partial<ContainerSpec>>(
    {},
    { workingDir: "/srv", stopSignal: "SIGTERM", labels: { team: "one" } },
    { workingDir: "/", stopSignal: "SIGQUIT", labels: { team: "two" }, tmpfs: { "/run": "" } },
    { logOptions: { "max-size": "1m" }, dns: ["10.0.0.53"], ulimits: { nofile: "1:2" } },
  ),
  files: fc.constantFrom<ContainerSpec["files"]>([], [placed("one")], [placed("two")]),
  limits: fc.constantFrom<Partial<ContainerSpec>>(
    {},
    { memory: 64 * 2 ** 20, cpuset: "0" },
    { memory: 64 * 2 ** 20, memorySwap: 96 * 2 ** 20, cpuShares: 512 },
    { memory: 96 * 2 ** 20, memorySwap: -1, memoryReservation: 32 * 2 ** 20 },
  ),
});

/** A service, and a one-shot of it. `requires` counts backwards from it. */
const drafts = fc.record({
  container: containers,
  step: fc.integer({ min: 1, max: 5 }),
  instances: fc.integer({ min: 1, max: 2 }),
  port: fc.option(fc.constantFrom(80, 8080), { nil: undefined }),
  hostPort: fc.constantFrom(undefined, undefined, 9001, 9002),
  /** Whether a second port is published wherever the engine likes. */
  anyPort: fc.boolean(),
  healthcheck: fc.constantFrom<ContainerSpec["healthcheck"]>(undefined, "none", {
    test: ["CMD", "check"],
    interval: 1000,
    timeout: 500,
    startPeriod: 0,
    retries: 3,
  }),
  restart: fc.constantFrom("always", "unless-stopped", "on-failure"),
  order: fc.constantFrom<ReplaceOrder>("start-first", "stop-first"),
  requires: fc.array(fc.nat({ max: 6 }), { maxLength: 3 }),
  condition: fc.constantFrom("started", "healthy"),
  bootstrap: fc.option(
    fc.record({
      command: lists,
      env: envs,
      run: fc.constantFrom("on-change", "once"),
      step: fc.integer({ min: 1, max: 5 }),
      requires: fc.array(fc.nat({ max: 6 }), { maxLength: 2 }),
    }),
    { nil: undefined, freq: 2 },
  ),
  init: fc.boolean(),
});

type Draft = typeof drafts extends fc.Arbitrary<infer T> ? T : never;

const recipes = fc.record({
  services: fc.dictionary(fc.constantFrom(...NAMES), drafts, { maxKeys: NAMES.length }),
  order: fc.shuffledSubarray([...NAMES], { minLength: NAMES.length }),
  config: fc.record(
    { size: words, "db/host": words, "db/password": secrets },
    { requiredKeys: [] },
  ),
  routes: fc.dictionary(
    fc.constantFrom(...DOMAINS),
    fc.record({ password: fc.option(secrets, { nil: undefined }), port: fc.constantFrom(80, 81) }),
  ),
  token: fc.option(
    fc.record({
      value: secrets.map((text) => new Secret(text)),
      rights: fc.dictionary(fc.constantFrom("axon/", "vault/"), fc.constantFrom("read", "write")),
      opensCatalogue: fc.boolean(),
    }),
    { nil: undefined },
  ),
});

type Recipe = typeof recipes extends fc.Arbitrary<infer T> ? T : never;

/** What a new version of a file changes: some fields of some services, or (no fields) whole ones. */
const variations = fc.record({
  from: recipes,
  services: fc.dictionary(
    fc.constantFrom(...NAMES),
    fc.subarray<keyof Draft>(["container", "hostPort", "bootstrap", "step", "requires", "order"]),
  ),
  rest: fc.subarray<keyof Recipe>(["order", "config", "routes", "token"]),
});

/** Versions of one file, each a variation of the one before. */
export function versions(count: number): fc.Arbitrary<readonly Model[]> {
  const later = fc.array(variations, { minLength: count - 1, maxLength: count - 1 });
  return fc.tuple(recipes, later).map(([first, rest]) => {
    const all = [first];
    for (const variation of rest) all.push(vary(all.at(-1) ?? first, variation));
    return all.map(toModel);
  });
}

type Variation = typeof variations extends fc.Arbitrary<infer T> ? T : never;

function vary(base: Recipe, { from, services, rest }: Variation): Recipe {
  const varied = { ...base.services };
  for (const [name, fields] of Object.entries(services)) {
    const [old, other] = [base.services[name], from.services[name]];
    if (other === undefined) delete varied[name];
    else if (old === undefined || fields.length === 0) varied[name] = other;
    else varied[name] = { ...old, ...pick(other, fields) };
  }
  return { ...base, ...pick(from, rest), services: varied };
}

function pick<T extends object, K extends keyof T>(value: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Pick<T, K>;
}

function toModel({ services, order, config, routes, token }: Recipe): Model {
  const items = order.flatMap((name) =>
    services[name] === undefined ? [] : [[name, services[name]] as const],
  );
  const given = token && { name: tokenName(DEPLOYMENT), ...token };
  return build(items, { config: textOf(config), routes, token: given });
}

type Placed = ServiceSpec | TaskSpec;

function build(
  drafted: readonly (readonly [string, Draft])[],
  { config, routes, token }: Pick<Model, "config" | "token"> & Pick<Recipe, "routes">,
): Model {
  const placed: Placed[] = [];
  const heldPorts = new Set<number>();
  for (const [name, draft] of drafted) {
    if (draft.bootstrap) placed.push(bootstrapOf(name, draft, placed));
    placed.push(serviceOf(name, draft, { placed, heldPorts }));
  }
  const services = placed.filter((item) => !isTask(item)) as ServiceSpec[];
  const tasks = placed.filter(isTask);
  return model({
    services: services.toSorted(byName),
    tasks: [...initTasks(drafted), ...tasks].toSorted(byName),
    endpoints: Object.fromEntries(
      services.flatMap(({ name, ports, containerNames }) =>
        Object.entries(ports).map(([port, { number }]) => [
          `${name}/${port}`,
          `${containerNames[0]}:${number}`,
        ]),
      ),
    ),
    config,
    token,
    routes: routesOf(routes, services),
  });
}

interface Around {
  readonly placed: readonly Placed[];
  readonly heldPorts: Set<number>;
}

function serviceOf(name: string, draft: Draft, { placed, heldPorts }: Around): ServiceSpec {
  const { healthcheck, restart, instances, port } = draft;
  const hostPort = heldPorts.has(draft.hostPort ?? 0) ? undefined : draft.hostPort;
  if (hostPort !== undefined) heldPorts.add(hostPort);
  const requires = requirementsOf(draft.requires, placed, draft.condition);
  const count = hostPort === undefined ? instances : 1;
  return service(name, {
    step: Math.max(draft.step, ...requires.map(({ target }) => stepOf(target, placed))),
    containerNames: Array.from({ length: count }, (_, index) => nameOf(name, index + 1)),
    ports: port === undefined ? {} : { http: { number: port, protocol: "http" } },
    requires,
    replacement: {
      order: hostPort === undefined ? draft.order : "stop-first",
      because: "the case says so",
    },
    container: withoutImage(
      {
        ...containerOf(name, draft),
        healthcheck,
        restart: { name: restart, maximumRetries: 0 },
        networks: [{ name: DEPLOYMENT, aliases: [name] }],
        publish: [
          ...(hostPort === undefined ? [] : [published(80, hostPort)]),
          ...(draft.anyPort ? [published(81, 0)] : []),
        ],
      },
      draft.container.image.defaults,
    ),
  });
}

function published(port: number, hostPort: number): PublishedPort {
  return { port, protocol: "tcp", hostAddress: "", hostPort };
}

function bootstrapOf(name: string, draft: Draft, placed: readonly Placed[]): TaskSpec {
  const own = draft.bootstrap;
  const requires = requirementsOf(own?.requires ?? [], placed, "started");
  const container = {
    ...containerOf(name, draft),
    image: jobOf(draft.container.image),
    command: own?.command,
    env: textOf({ ...draft.container.env, ...own?.env }),
  };
  return task(`${name}.migrate`, {
    step: Math.max(own?.step ?? 3, ...requires.map(({ target }) => stepOf(target, placed))),
    run: own?.run ?? "on-change",
    requires,
    container: { ...container, networks: [{ name: DEPLOYMENT, aliases: [] }] },
    inputs: {
      image: container.image.id,
      ...(container.command && { command: JSON.stringify(container.command) }),
      ...Object.fromEntries(
        Object.entries(container.env).map(([key, text]) => [`env.${key}`, text]),
      ),
    },
  });
}

function initTasks(drafted: readonly (readonly [string, Draft])[]): TaskSpec[] {
  const perImage = new Map(
    drafted
      .filter(([, { init }]) => init)
      .map(([name, { container }]) => [
        container.image.reference.replace(/:.*/, ""),
        { name, container },
      ]),
  );
  return [...perImage].map(
    ([
      repository,
      {
        name,
        container: { image },
      },
    ]) =>
      task(`init.${repository}`, {
        kind: "init",
        service: name,
        step: 0,
        inputs: { image: jobOf(image).id },
        container: { image: jobOf(image), networks: [{ name: DEPLOYMENT, aliases: [] }] },
      }),
  );
}

function jobOf({ id }: ImageFacts): ImageIdentity {
  const { reference = "", id: jobId = "" } = JOBS.get(id) ?? {};
  return { reference, id: jobId };
}

function containerOf(name: string, { container }: Draft): ContainerSpec {
  const { image, command, entrypoint, user, volumes, env, files } = container;
  return containerSpec({
    image: { reference: image.reference, id: image.id },
    command,
    entrypoint,
    user,
    env: textOf(env),
    files,
    mounts: volumes.map((volume) => ({
      kind: "volume",
      source: `${DEPLOYMENT}-${name}-${volume}`,
      target: `/srv/${volume}`,
      readOnly: false,
    })),
    restart: { name: "no", maximumRetries: 0 },
    ...container.surroundings,
    ...container.limits,
  });
}

/** Only what was placed before can be required, so that there is no circle to refuse. */
function requirementsOf(
  steps: readonly number[],
  placed: readonly Placed[],
  condition: "started" | "healthy",
): Requirement[] {
  const targets = new Set(steps.map((step) => placed[placed.length - 1 - step]));
  return [...targets].flatMap((target): Requirement[] => {
    if (target === undefined) return [];
    return isTask(target)
      ? [{ target: target.id, condition: "completed" }]
      : [{ target: target.name, condition }];
  });
}

function stepOf(target: string, placed: readonly Placed[]): number {
  return placed.find((item) => keyOf(item) === target)?.step ?? 1;
}

/** To all instances of `web`, where there is one; else to somewhere. */
function routesOf(
  routes: Recipe["routes"],
  services: readonly ServiceSpec[],
): Record<string, RouteSpec> {
  const names = services.find(({ name }) => name === "web")?.containerNames ?? [];
  return Object.fromEntries(
    Object.entries(routes).map(([domain, { password, port }]) => {
      const name = `${DEPLOYMENT}_${domain}`;
      const auth: RouteAuth | undefined =
        password === undefined
          ? undefined
          : { mode: "digest", realm: "protected", users: [new Secret(password)] };
      const instances = names.map((_, at) => ({ service: "web", instance: at + 1, port }));
      const servers = instances.length > 0 ? instances : [{ host: "elsewhere", port }];
      return [name, route(name, { domain, servers, auth })];
    }),
  );
}

function textOf(values: Readonly<Record<string, string>>): Record<string, Text> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, textFor(name, value)]),
  );
}

function nameOf(service: string, instance: number): string {
  return `${DEPLOYMENT}-${service}-${instance}`;
}

function isTask(item: Placed): item is TaskSpec {
  return "id" in item;
}

function keyOf(item: Placed): string {
  return isTask(item) ? item.id : item.name;
}

function byName(a: Placed, b: Placed): number {
  return keyOf(a) < keyOf(b) ? -1 : 1;
}
