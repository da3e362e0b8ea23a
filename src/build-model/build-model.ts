import { inheritedLabel } from "../descriptor/inherited-label.ts";
import { type AxonError, throwAll } from "../errors.ts";
import type { Model, NetworkSpec, RouteSpec, ServiceSpec, TaskSpec } from "../model.ts";
import { own } from "../own.ts";
import { type Routes, routesFor } from "../routing/routes-for.ts";
import type { RoutableService } from "../routing/routing-input.ts";
import { traefikFormat } from "../routing/traefik/traefik-format.ts";
import type { Secret } from "../secret.ts";
import { sharedServices } from "../servicefile/canonical/canonical-namespaces.ts";
import type { BuildInput, Report } from "./build-input.ts";
import { bootstrapTasks, initTask, serviceTask, type TaskDraft } from "./build-tasks.ts";
import { checkContainerNames } from "./check-container-names.ts";
import { engineErrors } from "./check-engine.ts";
import { checkHostPorts } from "./check-host-ports.ts";
import { checkRegisteredNames } from "./check-registered-names.ts";
import { type ContainerInput, serviceContainer } from "./container-spec.ts";
import { collecting, type Draft, draftServices } from "./draft.ts";
import { execTasks } from "./exec-tasks.ts";
import { hideCopies } from "./hide-copies.ts";
import { checkImageConfig, generatedConfig, withImageConfig } from "./image-config.ts";
import { imageRequirements } from "./image-requirements.ts";
import { initDrafts } from "./init-names.ts";
import { injectedNames, placeEnv, portEnv } from "./injected-env.ts";
import { fileText } from "./input-texts.ts";
import { checkRunsOnce, containerNames, DEFAULT_UPDATE } from "./instances.ts";
import { withJoins } from "./join-networks.ts";
import { volumeSpecs } from "./mounts-of.ts";
import { networkSpecs, ownNetwork } from "./networks-of.ts";
import { replacementOf } from "./replacement-of.ts";
import { fileRequirements, mergedRequirements, type Requirable } from "./requirements.ts";
import { resolveDrafts } from "./resolve-draft.ts";
import { resolveSections } from "./resolve-sections.ts";
import { withServingNetworks } from "./serving-network.ts";
import { type OrderNode, orderSteps } from "./step-order.ts";

export interface BuildResult {
  readonly model: Model;
  /** Things a reader should know that are no errors. */
  readonly notices: readonly string[];
}

/** A service before its step is known. */
type ServiceDraft = Omit<ServiceSpec, "step"> & { readonly step: number | undefined };

interface Parts {
  readonly services: readonly ServiceDraft[];
  readonly tasks: readonly TaskDraft[];
  readonly notices: readonly string[];
  /** By service: other deployments whose networks it must be on. */
  readonly joins: ReadonlyMap<string, readonly string[]>;
}

/**
 * Servicefile and what the images say about themselves, joined into what is wanted. All problems are
 * thrown at once. Pure: the same input gives the same model.
 */
export function buildModel(given: BuildInput): BuildResult {
  const errors: AxonError[] = [];
  const report: Report = (error) => errors.push(error);

  const raw = new Map(draftServices(given, report).map((draft) => [draft.entry.name, draft]));
  const input = resolveSections({ input: withImageConfig(given, raw), drafts: raw }, report);
  checkImageConfig(input, raw, report);
  const drafts = resolveDrafts({ input, drafts: raw }, report);
  const known = networkSpecs(input);
  const parts = buildParts({ drafts, input, networks: known }, report);
  const steps = collecting(report, () => orderSteps(orderNodes(parts, input)))[0];
  checkHostPorts(parts.services, input, report);
  checkContainerNames(parts, input, report);
  checkRegisteredNames(parts.services, input, report);
  throwAll(errors);

  const home = ownNetwork(input);
  const { networks, ...containers } = withServingNetworks(
    {
      services: byKey(parts.services.map((service) => withStep(service, service.name, steps))),
      tasks: byKey(parts.tasks.map((task) => withStep(task, task.id, steps))),
    },
    { known, home },
  );
  const { services, tasks } = withJoins(containers, parts.joins);
  const routed = routesFor({
    deployment: input.deployment,
    declaredDeployment: input.servicefile.deployment,
    domains: input.servicefile.domains,
    services: routable(services, tasks),
    foreign: (deployment) => own(input.foreignEndpoints, deployment) ?? {},
    otherRoutes: input.otherRoutes ?? [],
    locate: (path) => input.servicefile.locate(path),
    hash: input.hash,
    format: input.routeFormat ?? traefikFormat,
    httpsPort: input.httpsPort,
    certificates: input.certificates,
    textOf: (source) => fileText(source, input),
  });
  const model: Model = {
    deployment: input.deployment,
    network: home,
    networks,
    services,
    tasks,
    volumes: volumeSpecs(mountsIn(services, tasks), input),
    config: input.servicefile.config,
    generatedConfig: generatedConfig(input, raw),
    generated: Object.fromEntries(
      Object.entries(input.servicefile.generate).map(([name, spec]) => [
        name,
        input.generated(name, spec),
      ]),
    ),
    endpoints: endpointsOf(services),
    routes: Object.fromEntries(routed.routes.map((route: RouteSpec) => [route.name, route])),
    pending: Object.fromEntries(routed.pending.map((route) => [route.name, route])),
    storeAlias: input.store.alias,
    ...(input.token && { token: input.token }),
  };
  const passwords = Object.values(input.servicefile.domains).flatMap(({ auth }) =>
    Object.values(auth),
  );
  return {
    model: hideCopies(model, [...passwords, ...certificateKeys(routed)]),
    notices: [...descriptorNotices(drafts), ...parts.notices, ...routed.notices],
  };
}

function certificateKeys({ routes, pending }: Routes): readonly Secret[] {
  return [...routes, ...pending].flatMap(({ tls }) =>
    tls?.kind === "certificate" ? [tls.key] : [],
  );
}

/** A one-shot cannot be led to, but a domain that names one should hear why. */
function routable(
  services: Readonly<Record<string, ServiceSpec>>,
  tasks: Readonly<Record<string, TaskSpec>>,
): Record<string, RoutableService> {
  const oneShots = Object.values(tasks)
    .filter(({ kind }) => kind === "service")
    .map(({ id }): RoutableService => ({ name: id, ports: {}, instances: 0, kind: "task" }));
  const running = Object.values(services).map(
    ({ name, ports, containerNames }): RoutableService => ({
      name,
      ports,
      instances: containerNames.length,
    }),
  );
  return Object.fromEntries([...oneShots, ...running].map((service) => [service.name, service]));
}

interface Ingredients {
  readonly drafts: readonly Draft[];
  readonly input: BuildInput;
  readonly networks: Readonly<Record<string, NetworkSpec>>;
}

function buildParts(ingredients: Ingredients, report: Report): Parts {
  const { drafts, input } = ingredients;
  const known: Requirable = {
    services: new Map(drafts.map((draft) => [draft.entry.name, draft])),
    tasks: new Set([...taskIds(drafts), ...Object.keys(input.servicefile.exec)]),
  };
  const firstOfImage = new Set(firstPerImage(drafts));
  const each = drafts.flatMap((draft) =>
    collecting(report, () => {
      const context = { ...ingredients, known, ownsShared: firstOfImage.has(draft) };
      const parts = buildService(draft, context);
      const containers = [...parts.services, ...parts.tasks].map(({ container }) => container);
      engineErrors(draft.entry, containers, input).forEach(report);
      return parts;
    }),
  );
  return {
    services: each.flatMap(({ services }) => services),
    tasks: [...initTasks(ingredients, report), ...each.flatMap(({ tasks }) => tasks)],
    notices: each.flatMap(({ notices }) => notices),
    joins: new Map(each.flatMap(({ joins }) => [...joins])),
  };
}

interface ServiceContext extends Ingredients {
  readonly known: Requirable;
  readonly ownsShared: boolean;
}

function buildService(draft: Draft, context: ServiceContext): Parts {
  const { input, networks, known, ownsShared } = context;
  const fromImage = imageRequirements(draft, known, input);
  const own = fileRequirements(draft.entry, known, input);
  const requires = mergedRequirements([...own.requires, ...fromImage.requires]);
  const needed = { requires, resources: own.resources };
  const container: ContainerInput = { draft, input, requirementEnv: fromImage.env };
  const { entry } = draft;
  const joins = [...new Set([...fromImage.joins, ...draft.elsewhere])].sort();
  const told = { notices: fromImage.notices, joins: new Map([[entry.name, joins]]) };
  const oneShots = [
    ...bootstrapTasks(container, needed, ownsShared),
    ...execTasks(container, { known, ofImage: fromImage.requires }),
  ];
  if (entry.detach === false) {
    checkRunsOnce(entry, input);
    const tasks = [...oneShots, serviceTask(container, needed)];
    return { ...told, services: [], tasks };
  }
  const spec = serviceContainer(container);
  const update = entry.update ?? DEFAULT_UPDATE;
  const shares = sharedServices(entry.options);
  const service: ServiceDraft = {
    ...(shares.length > 0 && { shares }),
    name: entry.name,
    kind: "service",
    step: entry.step ?? draft.entrypoint?.step,
    containerNames: containerNames(entry, input),
    container: spec,
    ports: draft.ports,
    ...needed,
    update,
    replacement: replacementOf(draft, { container: spec, update, networks }, input),
    injected: injectedNames(
      {
        ...placeEnv(input, entry.name),
        ...portEnv({ deployment: input.deployment, service: entry.name }, draft.ports),
      },
      spec.env,
    ),
  };
  return { ...told, services: [service], tasks: oneShots };
}

function initTasks({ drafts, input }: Ingredients, report: Report): TaskDraft[] {
  return [...initDrafts(drafts)].flatMap(([id, draft]) =>
    collecting(report, () => initTask({ draft, input, requirementEnv: {} }, id)).filter(
      (task) => task !== undefined,
    ),
  );
}

function taskIds(drafts: readonly Draft[]): Set<string> {
  const shared = new Set(firstPerImage(drafts));
  return new Set(
    drafts.flatMap((draft) => [
      ...(draft.entry.detach === false ? [draft.entry.name] : []),
      ...bootstrapNames(draft, shared.has(draft)).map((name) => `${draft.entry.name}.${name}`),
    ]),
  );
}

function bootstrapNames({ entry, descriptor, entrypoint }: Draft, ownsShared: boolean): string[] {
  const fromImage = Object.entries(descriptor?.bootstrap ?? {})
    .filter(([, own]) =>
      own.entrypoint === undefined ? ownsShared : own.entrypoint === entrypoint?.name,
    )
    .map(([name]) => name);
  return [...new Set([...fromImage, ...Object.keys(entry.bootstrap)])].filter(
    (name) => entry.bootstrap[name] !== null,
  );
}

function firstPerImage(drafts: readonly Draft[]): Draft[] {
  return [...new Map(drafts.toReversed().map((draft) => [draft.image.id, draft])).values()];
}

function orderNodes({ services, tasks }: Parts, { servicefile }: BuildInput): OrderNode[] {
  const { exec, locate } = servicefile;
  const at = (service: string) =>
    locate([servicefile.services[service]?.key ?? service, "require"]);
  return [
    ...services.map(({ name, step, requires }) => ({
      name,
      step,
      defaultStep: 4,
      requires,
      at: at(name),
    })),
    ...tasks.map(({ id, step, requires, service }) => ({
      name: id,
      step,
      defaultStep: Math.min(3, services.find(({ name }) => name === service)?.step ?? 3),
      requires,
      at: exec[id] === undefined ? at(service) : locate([...exec[id].path, "require"]),
    })),
  ];
}

function withStep<T extends { readonly step: number | undefined }>(
  item: T,
  name: string,
  steps: ReadonlyMap<string, number> | undefined,
): T & { readonly step: number } {
  return { ...item, step: steps?.get(name) ?? item.step ?? 4 };
}

function byKey<T extends ServiceSpec | TaskSpec>(items: readonly T[]): Record<string, T> {
  const named = items.map((item): [string, T] => ["id" in item ? item.id : item.name, item]);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mountsIn(...all: readonly Readonly<Record<string, ServiceSpec | TaskSpec>>[]) {
  return all.flatMap((items) => Object.values(items).flatMap(({ container }) => container.mounts));
}

/** Who shares the network of another container is reached at that one. */
function endpointsOf(services: Readonly<Record<string, ServiceSpec>>): Record<string, string> {
  return Object.fromEntries(
    Object.values(services).flatMap(({ name, container, containerNames, ports }) => {
      const host = container.networkMode?.replace("container:", "") ?? containerNames[0];
      return Object.entries(ports).map(([port, { number }]) => [
        `${name}/${port}`,
        `${host}:${number}`,
      ]);
    }),
  );
}

function descriptorNotices(drafts: readonly Draft[]): string[] {
  const images = drafts.map(({ image }) => image);
  const notices = drafts.flatMap(({ image, descriptor }) => {
    if (descriptor === undefined) return [];
    const inherited = inheritedLabel(image, descriptor.label, images);
    return [...descriptor.notices, ...(inherited === undefined ? [] : [inherited])];
  });
  return [...new Set(notices)];
}
