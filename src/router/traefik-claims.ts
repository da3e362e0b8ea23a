import { AxonError } from "../errors.ts";
import type { KvEntry, KvWrite } from "../kv/kv-store.ts";
import { claimed } from "../routing/claims.ts";
import { placeOf } from "../routing/route-name.ts";
import { routeNameOf } from "../routing/traefik/route-of-key.ts";

const CLAIMS = "traefik/axon/claims/";

/**
 * A middleware that nothing uses. Where nothing at all is left below its root, Traefik goes on with the last
 * routes; so something stays when the last one goes.
 */
const ANCHOR = { key: "traefik/http/middlewares/axon/addprefix/prefix", value: "/" };

export function anchorWrites(all: readonly KvEntry[]): readonly KvWrite[] {
  return all.some(({ key }) => key === ANCHOR.key) ? [] : [{ kind: "put", ...ANCHOR }];
}

/**
 * Goes with the route into one transaction, so that of two deployments that want a domain at once one gets it.
 * Throws DOMAIN_CLAIMED where another one has it. A claim without a route is nobody's.
 */
export function claimWrites(name: string, all: readonly KvEntry[]): readonly KvWrite[] {
  const { deployment, place, key } = claimOf(name);
  const there = all.find((entry) => entry.key === key);
  if (there?.value === deployment) return [];
  if (
    there !== undefined &&
    all.some((entry) => routeNameOf(entry.key) === `${there.value}_${place}`)
  ) {
    throw claimed({ ...placeIn(name), owner: there.value }, { deployment });
  }
  return [{ kind: "put", key, value: deployment, expected: there?.revision ?? "absent" }];
}

export function releaseWrites(name: string, all: readonly KvEntry[]): readonly KvWrite[] {
  const { deployment, key } = claimOf(name);
  const isOurs = all.some((entry) => entry.key === key && entry.value === deployment);
  return isOurs ? [{ kind: "delete", key }] : [];
}

/** What is to be said when a key was written by others in the same moment; undefined: it is no claim. */
export function overtaken(keys: readonly string[]): AxonError | undefined {
  const key = keys.find((one) => one.startsWith(CLAIMS));
  if (key === undefined) return undefined;
  const { domain, path = "" } = placeIn(`x_${key.slice(CLAIMS.length)}`);
  const message = `${domain}${path} was taken by another deployment in this moment`;
  return new AxonError("DOMAIN_CLAIMED", message, { hint: "Run axon plan, which says by whom." });
}

function claimOf(name: string) {
  const cut = name.indexOf("_");
  const place = name.slice(cut + 1);
  return { deployment: name.slice(0, cut), place, key: CLAIMS + place };
}

function placeIn(name: string) {
  return placeOf(name) ?? { domain: name, path: undefined };
}
