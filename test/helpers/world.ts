import { execute } from "../../src/apply/execute.ts";
import type { Outcomes } from "../../src/apply/outcome.ts";
import { DEFAULT_SETTINGS, type RunContext } from "../../src/apply/run-context.ts";
import type { AxonEvent } from "../../src/events.ts";
import type { Live } from "../../src/live.ts";
import type { Model } from "../../src/model.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planDeployment } from "../../src/plan/plan-deployment.ts";
import { traefikRouter } from "../../src/router/traefik-router.ts";
import { ownsRoute } from "../../src/routing/route-name.ts";
import { faultsIn } from "../../src/routing/traefik/decode.ts";
import { isSecretKey, routeNameOf } from "../../src/routing/traefik/route-of-key.ts";
import { Secret } from "../../src/secret.ts";
import { keyedDigest } from "../../src/state/digest-key.ts";
import { observeStore } from "../../src/state/observe-store.ts";
import { tokenName } from "../../src/store-layout.ts";
import { DEPLOYMENT } from "./build.ts";
import { FakeEngine } from "./fake-engine.ts";
import { MemoryKvStore } from "./memory-kv.ts";
import { MemoryTokens } from "./memory-tokens.ts";

const DIGEST_KEY = new Secret("0123456789abcdef");

export const digest = (text: string) => keyedDigest(DIGEST_KEY, text);

/** An engine and a store in memory, with the real planner and executor between them. */
export class World {
  readonly engine = new FakeEngine();
  readonly store: MemoryKvStore;
  readonly tokens = new MemoryTokens();
  readonly events: AxonEvent[] = [];

  constructor(keys: Readonly<Record<string, string>> = {}) {
    this.store = new MemoryKvStore(keys);
    this.store.tokens = this.tokens;
  }

  /** With the model deployed, and nothing counted of that. */
  static async deployed(model: Model): Promise<World> {
    const world = new World();
    await world.deploy(model);
    world.engine.calls.length = 0;
    return world;
  }

  /** `startContainer shop-web-1`: the calls of these kinds, in their order. */
  containerCalls(...kinds: readonly ("create" | "start" | "stop" | "remove")[]): string[] {
    const names = kinds.map((kind) => `${kind}Container`);
    return this.engine.calls.filter((call) => names.includes(call.split(" ", 1)[0] ?? ""));
  }

  async observe(deployment = DEPLOYMENT): Promise<Live> {
    const { signal } = new AbortController();
    return {
      engine: await this.engine.observe(deployment, signal),
      store: await observeStore(this.store, {
        deployment,
        ownsRoute,
        routeNameOf,
        isSecretKey,
        faultsIn,
      }),
      managedStore: undefined,
      token: await this.tokens.observe(tokenName(deployment)),
    };
  }

  /** One-shots end well unless `engine.behaviours` says otherwise; give them images of their own. */
  async plan(model: Model): Promise<Plan> {
    this.engine.addImagesOf(model);
    for (const { container } of Object.values(model.tasks)) {
      const { reference } = container.image;
      if (!this.engine.behaviours.has(reference)) {
        this.engine.behaviours.set(reference, { exitCode: 0 });
      }
    }
    return planDeployment(model, await this.observe(model.deployment), { digest });
  }

  context(overrides: Partial<RunContext> = {}): RunContext {
    return {
      deployment: DEPLOYMENT,
      engine: this.engine,
      store: this.store,
      router: traefikRouter(this.store, async () => {}),
      now: () => new Date(0),
      onEvent: (event) => this.events.push(event),
      stop: new AbortController().signal,
      abort: new AbortController().signal,
      check: () => {},
      settings: DEFAULT_SETTINGS,
      created: new Map(),
      ...overrides,
    };
  }

  async apply(plan: Plan, overrides: Partial<RunContext> = {}): Promise<Outcomes> {
    return await execute(plan, this.context(overrides));
  }

  /** As `apply`, but of each call to engine and store, also of the router's, `faultOf` says whether it fails. */
  async applyFailing(plan: Plan, faultOf: FaultOf): Promise<Outcomes> {
    const store = failing(this.store, faultOf);
    const router = traefikRouter(store, async () => {});
    return await this.apply(plan, { engine: failing(this.engine, faultOf), store, router });
  }

  /** Plan and apply. Throws where something of it was not done. */
  async deploy(model: Model): Promise<void> {
    const outcomes = await this.apply(await this.plan(model));
    for (const [id, outcome] of outcomes) {
      if (outcome.kind === "failed") throw new Error(`${id} failed`, { cause: outcome.error });
      if (outcome.kind === "skipped") throw new Error(`${id} was skipped: ${outcome.because}`);
    }
  }
}

/**
 * What becomes of one call: it fails before it takes effect, or after it, as when a connection breaks; or within it, as when
 * the deployer is killed, which only the creation of a container knows.
 */
export interface Fault {
  readonly moment: "before" | "within" | "after";
  readonly error: Error;
}

export interface Call {
  readonly method: PropertyKey;
  readonly args: readonly unknown[];
}

export type FaultOf = (call: Call) => Fault | undefined;

/** The same object, but of each call, also of those to a store's tokens, `faultOf` says whether it fails. */
export function failing<T extends object>(target: T, faultOf: FaultOf): T {
  return new Proxy(target, {
    get(_, method) {
      const member: unknown = Reflect.get(target, method);
      if (method === "tokens" && member instanceof MemoryTokens) return failing(member, faultOf);
      if (typeof member !== "function") return member;
      return async (...args: readonly unknown[]) => {
        const fault = faultOf({ method, args });
        if (fault?.moment === "within" && method === "createContainer") {
          await Reflect.apply(FakeEngine.prototype.beginContainer, target, args);
        }
        if (fault !== undefined && fault.moment !== "after") throw fault.error;
        const answer: unknown = await Reflect.apply(member, target, args);
        if (fault !== undefined) throw fault.error;
        return answer;
      };
    },
  });
}
