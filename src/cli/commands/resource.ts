import { AxonError } from "../../errors.ts";
import type { KvStore } from "../../kv/kv-store.ts";
import { own } from "../../own.ts";
import {
  checkResourceName,
  listResources,
  type ResourcePlace,
  type Resources,
  setResource,
  unsetResource,
} from "../../state/resources.ts";
import type { Context } from "../context.ts";
import { checkDeploymentName } from "../load-servicefile.ts";
import { renderResources, shownResources } from "../output/resources.ts";
import { safeText } from "../output/safe-text.ts";
import { type PlaceOptions, withStoreAlone } from "../with-store.ts";

export type ResourceAction = "set" | "get" | "list" | "unset";

export interface ResourceOptions extends PlaceOptions {
  readonly deployment: string;
  readonly action: ResourceAction;
  /** Its name, and for set its value. */
  readonly words: readonly string[];
  readonly json: boolean;
}

/** Sets, tells and removes what services of a deployment can require. */
export function runResource(options: ResourceOptions, context: Context): Promise<number> {
  const { deployment, action, json } = options;
  checkDeploymentName(deployment);
  const [name = "", value = "yes"] = checkedWords(options);
  return withStoreAlone(options, context, async (store) => {
    const request = { deployment, name, value, json, store, signal: context.stop };
    context.stdout.write(await ACTIONS[action](request));
    return 0;
  });
}

const MOST_WORDS: Readonly<Record<ResourceAction, number>> = { list: 0, get: 1, unset: 1, set: 2 };

/** Throws USAGE. */
function checkedWords({ action, words }: ResourceOptions): readonly string[] {
  const most = MOST_WORDS[action];
  if (words.length > most) {
    throw new AxonError("USAGE", `axon resource ${action} takes no "${words[most]}"`);
  }
  if (action === "list") return words;
  const [name] = words;
  if (name === undefined) throw new AxonError("USAGE", `axon resource ${action} needs a name`);
  checkResourceName(name);
  return words;
}

interface Request extends ResourcePlace {
  readonly value: string;
  readonly json: boolean;
  readonly store: KvStore;
  readonly signal: AbortSignal;
}

/** What each does, and then says. */
const ACTIONS: Readonly<Record<ResourceAction, (request: Request) => Promise<string>>> = {
  async list({ store, deployment, json, signal }) {
    const shown = shownResources(await listResources(store, deployment, signal));
    return json ? asJson(deployment, shown) : renderResources(deployment, shown);
  },
  async get(request) {
    const { store, deployment, name, json, signal } = request;
    const found = own(await listResources(store, deployment, signal), name);
    if (found === undefined) throw unknown(request);
    return json ? asJson(deployment, { [name]: found }) : `${safeText(found)}\n`;
  },
  async set(request) {
    await setResource(request.store, request, request.signal);
    return `${request.name} of ${request.deployment} is set.\n`;
  },
  async unset(request) {
    if (!(await unsetResource(request.store, request, request.signal))) throw unknown(request);
    return `${request.name} of ${request.deployment} is not set any more.\n`;
  },
};

function asJson(deployment: string, resources: Resources): string {
  const shown = { format_version: "1.0", deployment, resources };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

function unknown({ deployment, name }: ResourcePlace): AxonError {
  return new AxonError("RESOURCE_UNKNOWN", `${deployment} has no resource ${name}`, {
    hint: `Look at: axon resource list -D ${deployment}`,
  });
}
