import { type Facts, factsOf, fromFacts, toldAs } from "../discovery/facts.ts";
import { registrationRoot } from "../discovery/registrations-for.ts";
import { AxonError } from "../errors.ts";
import type { KvStore, KvWrite } from "../kv/kv-store.ts";
import { instanceRoot } from "../store-layout.ts";
import type { Catalogue } from "./catalogue.ts";

/** The catalogue that goes with a store: its own, or one that is made of keys. */
export function catalogueOf(store: KvStore): Catalogue {
  return store.catalogue ?? keyCatalogue(store);
}

/**
 * For stores that know nothing of services: one key per registration, with a JSON object of texts. Nobody looks
 * after them but deploys: what is there is as good as it was when it was written.
 */
function keyCatalogue(store: KvStore): Catalogue {
  return {
    list: async (deployment, signal) => {
      const root = instanceRoot(deployment);
      const entries = await store.list(root, signal);
      return entries.map(({ key, value }) => {
        const place = key.slice(root.length).replaceAll("/", ":");
        return fromFacts(registrationRoot(deployment) + place, parseFacts(value));
      });
    },
    register: ({ deployment, registrations, health }, signal) => {
      const writes = registrations.map(
        (registration): KvWrite => ({
          kind: "put",
          key: keyOf(registration.id, deployment),
          value: JSON.stringify(factsOf({ ...registration, health: toldAs(health) })),
        }),
      );
      return write(store, writes, signal);
    },
    deregister: ({ deployment, ids }, signal) => {
      const writes = ids.map((id): KvWrite => ({ kind: "delete", key: keyOf(id, deployment) }));
      return write(store, writes, signal);
    },
  };
}

function keyOf(id: string, deployment: string): string {
  return (
    instanceRoot(deployment) + id.slice(registrationRoot(deployment).length).replaceAll(":", "/")
  );
}

async function write(
  store: KvStore,
  writes: readonly KvWrite[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (writes.length === 0) return;
  const outcome = await store.transact(writes, signal);
  if (outcome.kind === "written") return;
  const problem = `the store has changed meanwhile: ${outcome.keys.join(", ")}`;
  throw new AxonError("STORE_REFUSED", problem, { hint: "Run the deploy again." });
}

/** Anyone can write to the store. */
function parseFacts(text: string): Facts {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return {};
    const texts = Object.entries(value).filter(([, fact]) => typeof fact === "string");
    return Object.fromEntries(texts) as Facts;
  } catch {
    return {};
  }
}
