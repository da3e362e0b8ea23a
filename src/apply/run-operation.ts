import { catalogueOf } from "../catalogue/key-catalogue.ts";
import { ownAddress } from "../discovery/registrations-for.ts";
import { AxonError } from "../errors.ts";
import type { KvWrite } from "../kv/kv-store.ts";
import type { TokenIssuer } from "../kv/token-issuer.ts";
import type { Operation, StoreWrite } from "../plan/plan.ts";
import { reveal } from "../secret.ts";
import { awaitReady } from "./await-ready.ts";
import { idOf, requiredId } from "./container-id.ts";
import type { RunContext } from "./run-context.ts";
import { runRoute } from "./run-route.ts";
import { runTask } from "./run-task.ts";

/** One case for each kind of operation, one outside call in each. */
export async function runOperation(operation: Operation, context: RunContext): Promise<void> {
  switch (operation.kind) {
    case "network.create":
    case "network.remove":
    case "network.connect":
    case "network.disconnect":
    case "volume.create":
    case "volume.remove":
      return runResource(operation, context);
    case "catalogue.write":
      return writeCatalogue(operation, context);
    case "route.write":
    case "route.switch":
    case "route.verify":
    case "route.drain":
    case "route.clear":
    case "route.remove":
      return runRoute(operation, context);
    case "store.write":
      return write(operation.writes, context);
    case "token.grant":
      return issuer(context).grant(operation.token, context.abort);
    case "token.revoke":
      return issuer(context).revoke(operation.name, context.abort);
    case "task.run":
      return runTask(operation, context);
    case "step.reached":
      return;
    default:
      return runContainer(operation, context);
  }
}

type ResourceOperation = Extract<Operation, { kind: `${"network" | "volume"}.${string}` }>;

async function runResource(operation: ResourceOperation, context: RunContext): Promise<void> {
  const { engine, abort, deployment } = context;
  switch (operation.kind) {
    case "network.create":
      await engine.createNetwork({ spec: operation.spec, deployment }, abort);
      return;
    case "network.remove":
      return engine.removeNetwork(operation.network, abort);
    case "network.connect": {
      const container = requiredId(operation.container, context);
      return engine.connectNetwork({ container, attachment: operation.attachment }, abort);
    }
    case "network.disconnect": {
      const container = requiredId(operation.container, context);
      return engine.disconnectNetwork(container, operation.network, abort);
    }
    case "volume.create":
      return engine.createVolume({ spec: operation.spec, deployment }, abort);
    case "volume.remove":
      return engine.removeVolume(operation.name, abort);
  }
}

type ContainerOperation = Extract<Operation, { kind: `container.${string}` }>;

async function runContainer(operation: ContainerOperation, context: RunContext): Promise<void> {
  const { engine, abort } = context;
  if (operation.kind === "container.create") {
    const { name, identity, spec } = operation;
    context.created.set(
      operation.id,
      await engine.createContainer({ name, identity, spec }, abort),
    );
    return;
  }
  const id = idOf(operation.container, context);
  // What was never made needs no undoing.
  if (id === undefined && operation.onFailureOf !== undefined) return;
  const container = id ?? requiredId(operation.container, context);
  switch (operation.kind) {
    case "container.start":
      return engine.startContainer(container, abort);
    case "container.unpause":
      return engine.unpauseContainer(container, abort);
    case "container.awaitReady":
      return awaitReady({ ...operation, container }, context);
    case "container.stop":
      return engine.stopContainer(container, undefined, abort);
    case "container.remove":
      return engine.removeContainer(container, abort);
    case "container.rename":
      return engine.renameContainer(container, operation.name, abort);
    case "container.update":
      return engine.updateContainer(container, operation.spec, abort);
  }
}

type CatalogueWrite = Extract<Operation, { kind: "catalogue.write" }>;

async function writeCatalogue(operation: CatalogueWrite, context: RunContext): Promise<void> {
  const { store, deployment, abort } = context;
  if (store === undefined) throw new Error("this plan writes to a catalogue and there is none");
  const { registrations, removed, container, health } = operation;
  const catalogue = catalogueOf(store);
  const own = container === undefined ? undefined : idOf(container, context);
  // What was never made needs no undoing.
  if (container !== undefined && own === undefined && operation.onFailureOf !== undefined) return;
  const placed = registrations.map((registration) => ({
    ...registration,
    address: registration.address ?? ownAddress(own ?? ""),
  }));
  await catalogue.register({ deployment, registrations: placed, health }, abort);
  if (removed.length > 0) await catalogue.deregister({ deployment, ids: removed }, abort);
}

function issuer({ store }: RunContext): TokenIssuer {
  if (store?.tokens !== undefined) return store.tokens;
  throw new Error("this plan gives tokens and the store has none");
}

async function write(writes: readonly StoreWrite[], { store, abort }: RunContext): Promise<void> {
  if (store === undefined) throw new Error("this plan writes to a store and there is none");
  const outcome = await store.transact(writes.map(toKvWrite), abort);
  if (outcome.kind === "written") return;
  throw new AxonError(
    "STORE_REFUSED",
    `the store has changed meanwhile: ${outcome.keys.join(", ")}`,
    {
      hint: "Run the deploy again.",
    },
  );
}

function toKvWrite(write: StoreWrite): KvWrite {
  return write.kind === "put" ? { ...write, value: reveal(write.value) } : write;
}
