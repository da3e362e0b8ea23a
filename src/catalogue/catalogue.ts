import type { LiveRegistration, PlacedRegistration, ToldHealth } from "../live.ts";

/**
 * Where services are found by those who do not know Axon. Each deployment has its own registrations in it, and
 * never touches another's. Failures are the store's.
 */
export interface Catalogue {
  /** Whether it would take what is registered for the deployment. Absent: it does. */
  mayRegister?(deployment: string, signal?: AbortSignal): Promise<boolean>;

  /** All that is registered of the deployment, also what somebody else said was its. */
  list(deployment: string, signal?: AbortSignal): Promise<readonly LiveRegistration[]>;

  /** Ids of those whose own check fails right now. Absent: it looks at nothing by itself. */
  failing?(deployment: string, signal?: AbortSignal): Promise<readonly string[]>;

  /** Puts them in place of what has the same ids; they have that health from then on. */
  register(request: RegisterRequest, signal?: AbortSignal): Promise<void>;

  /** Those that are not there need not be. */
  deregister(request: DeregisterRequest, signal?: AbortSignal): Promise<void>;
}

export interface RegisterRequest {
  readonly deployment: string;
  readonly registrations: readonly PlacedRegistration[];
  readonly health: ToldHealth;
}

export interface DeregisterRequest {
  readonly deployment: string;
  readonly ids: readonly string[];
}
