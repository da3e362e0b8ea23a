import type { Inputs } from "../build-model/build-input.ts";
import type { Engine, EngineLook, EngineVersion } from "../engine/engine.ts";
import type { AxonEvent } from "../events.ts";
import type { ImageFacts, LiveEngine, LiveStore, LiveToken } from "../live.ts";
import { ownsRoute } from "../routing/route-name.ts";
import { faultsIn } from "../routing/traefik/decode.ts";
import { isSecretKey, routeNameOf } from "../routing/traefik/route-of-key.ts";
import type { Secret } from "../secret.ts";
import type { Servicefile } from "../servicefile/servicefile.ts";
import { absentStore, observeStore } from "../state/observe-store.ts";
import type { Context } from "./context.ts";
import { deploymentName, loadServicefile } from "./load-servicefile.ts";
import { type OpenedPlace, openPlace, type PlaceFlags } from "./open-place.ts";
import { readInputs } from "./read-inputs.ts";
import type { VariableOptions } from "./read-variables.ts";
import { resolveImages } from "./resolve-images.ts";
import { lookAtToken } from "./store-tokens.ts";
import { type TargetOptions, withTarget } from "./target.ts";

/** Options that every command with a Servicefile takes. */
export interface DeploymentOptions extends VariableOptions, TargetOptions {
  readonly file: string;
  readonly deployment: string | undefined;
  readonly kv: string | undefined;
  readonly router?: string | undefined;
  readonly docker: string | undefined;
  /** Take over containers that Axon has not made. */
  readonly adopt?: boolean;
  /** Remove named volumes that the file does not name any more, with their data. */
  readonly pruneVolumes?: boolean;
  /** Pull also what the engine has, but what must never be pulled. */
  readonly pull?: boolean;
}

/** What is known before the store is asked. */
export interface Wanted extends FromFile {
  readonly images: Readonly<Record<string, ImageFacts>>;
  /** Version of the engine's API. */
  readonly engineApi: string;
}

interface FromFile {
  readonly servicefile: Servicefile;
  readonly deployment: string;
  /** The texts and variables that the Servicefile names. */
  readonly inputs: Inputs;
}

export interface Session {
  readonly engine: Engine;
  readonly wanted: Wanted;
  readonly options: DeploymentOptions;
  readonly onEvent: (event: AxonEvent) => void;
  /** Generated values that the store has not got yet: the same ones in every look of this run. */
  readonly proposals: Map<string, Secret>;
  /** The look that was begun along with the session, until it is used. */
  readonly looking: Promise<FirstLook>[];
}

export interface FirstLook {
  readonly opened: OpenedPlace;
  readonly engineState: LiveEngine;
  readonly storeState: LiveStore;
  readonly token: LiveToken | undefined;
}

/**
 * Reads the file, finds the engine, finds the images: everything that can be wrong before anything is
 * touched. Engine and store get time to answer while the file is read, but what is wrong in it is told first.
 */
export async function startSession(
  given: DeploymentOptions,
  context: Context,
  onEvent: (event: AxonEvent) => void,
): Promise<Session> {
  const options = await withTarget(given, context);
  const opening = open(options, context);
  opening.catch(() => {});
  const file = await readFile(options, context).catch((problem) => {
    opening.then(({ callOff }) => callOff()).catch(() => {});
    throw problem;
  });
  const { engine, answers, places, callOff } = await opening;
  const { stop } = context;
  const { pull } = options;
  const found = resolveImages(file.servicefile, { engine, signal: stop, onEvent, pull });
  const looking = lookAt(file.deployment, places, context);
  for (const asked of [found, looking]) asked.catch(() => {});
  try {
    // Of several failures, that the engine does not answer is the one to tell.
    const { apiVersion } = await answers;
    const wanted = { ...file, images: await found, engineApi: apiVersion };
    return { engine, options, onEvent, wanted, proposals: new Map(), looking: [looking] };
  } catch (problem) {
    // An engine that says nothing would never end the look.
    await callOff();
    throw problem;
  }
}

/** Another look, for when the first one is used up. */
export function look(session: Session, context: Context): Promise<FirstLook> {
  const { engine, wanted, options } = session;
  return lookAt(wanted.deployment, openPlaces(engine, options, context), context);
}

interface Opening {
  readonly engine: Engine;
  /** Resolves when it is proven that this is an engine. */
  readonly answers: Promise<EngineVersion>;
  readonly places: Places;
  callOff(): Promise<void>;
}

/** Where to look, as soon as it is known at which deployment. */
interface Places {
  readonly engineLook: EngineLook;
  readonly store: Promise<OpenedPlace>;
}

async function open(options: DeploymentOptions, context: Context): Promise<Opening> {
  const engine = await context.openEngine(options.docker);
  const called = new AbortController();
  const stop = AbortSignal.any([context.stop, called.signal]);
  const answers = engine.version(stop);
  answers.catch(() => {});
  const places = openPlaces(engine, options, { ...context, stop });
  const callOff = async () => {
    called.abort();
    await places.store.then((opened) => opened.close()).catch(() => {});
    await engine.close();
  };
  return { engine, answers, places, callOff };
}

function openPlaces(engine: Engine, flags: PlaceFlags, context: Context): Places {
  const store = openPlace(flags, engine, context);
  store.catch(() => {});
  return { engineLook: engine.look(context.stop), store };
}

async function readFile(options: DeploymentOptions, context: Context): Promise<FromFile> {
  const servicefile = await loadServicefile(options.file, context, options);
  const deployment = deploymentName(servicefile, options.deployment, context);
  return { servicefile, deployment, inputs: await readInputs(servicefile, context, options) };
}

async function lookAt(
  deployment: string,
  { engineLook, store }: Places,
  context: Context,
): Promise<FirstLook> {
  const inStore = store.then((opened) => lookIntoStore(opened, deployment, context));
  inStore.catch(() => {});
  try {
    const engineState = await engineLook.of(deployment);
    return { opened: await store, engineState, ...(await inStore) };
  } catch (problem) {
    await store.then((opened) => opened.close()).catch(() => {});
    throw problem;
  }
}

export type StoreLook = Pick<FirstLook, "storeState" | "token">;

/** What the store holds of a deployment, if there is a store, and where the router leads. */
export async function lookIntoStore(
  opened: OpenedPlace,
  deployment: string,
  context: Context,
): Promise<StoreLook> {
  const { store, router } = opened;
  const view = { deployment, ownsRoute, routeNameOf, isSecretKey, faultsIn };
  const [found, routes, token] = await Promise.all([
    store === undefined ? absentStore() : observeStore(store, view, context.stop),
    router.observe?.(deployment, store),
    lookAtToken(opened, deployment, context),
  ]);
  return { storeState: { ...found, ...routes }, token };
}
