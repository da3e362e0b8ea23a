import { factsOf } from "../discovery/facts.ts";
import { ownerOf } from "../discovery/registrations-for.ts";
import type { Live, LiveContainer, LiveRegistration } from "../live.ts";
import { compareText } from "./piece.ts";
import type { Notice, Plan } from "./plan.ts";
import { instanceKey } from "./plan-steps.ts";

const MOST_NAMED = 3;

/**
 * What the engine finds healthy and the catalogue, which looks by itself, does not. A notice and no change, because
 * no deploy mends it, and because the two may only have looked at different moments. Of a service that the plan
 * changes nothing is said: it is told and looked at anew.
 */
export function withUnseenHealth(plan: Plan, live: Live): Plan {
  if (live.store.failing.length === 0) return plan;
  const changed = new Set(plan.changes.map(({ name }) => name.split(".")[0]));
  const unseen = unseenIn(live).filter(({ service }) => !changed.has(service));
  const services = [...new Set(unseen.map(({ service }) => service))].sort(compareText);
  const notices = services.map((name) =>
    noticeOf(unseen.filter(({ service }) => service === name)),
  );
  return { ...plan, notices: [...plan.notices, ...notices] };
}

interface Unseen {
  readonly service: string;
  readonly container: string;
  readonly registration: LiveRegistration;
}

function unseenIn({ engine, store }: Live): readonly Unseen[] {
  const well = new Map(
    engine.containers
      .filter(isWell)
      .map(({ name, identity }) => [instanceKey(identity.service, identity.instance), name]),
  );
  return store.failing.flatMap((id) => {
    const registration = store.registrations?.[id];
    const owner = ownerOf(id);
    if (owner === undefined || registration?.health !== "followed") return [];
    const container = well.get(instanceKey(owner.service, owner.instance));
    return container === undefined ? [] : [{ service: owner.service, container, registration }];
  });
}

function isWell({ status, health, identity }: LiveContainer): boolean {
  return identity.kind === "service" && status === "running" && health === "healthy";
}

/** Of one service: all that is followed of it is looked at in one way. */
function noticeOf(unseen: readonly Unseen[]): Notice {
  const listed = (of: (one: Unseen) => string) => {
    const all = [...new Set(unseen.map(of))].sort(compareText);
    const more = all.length - MOST_NAMED;
    return all.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  };
  const containers = listed(({ container }) => container);
  const names = listed(({ registration }) => registration.name);
  const checks = listed(({ registration }) => factsOf(registration).check ?? "");
  return {
    code: "HEALTH_DIFFERS",
    message: `Consul finds ${containers} critical right now, and the engine healthy: Consul asks over the network (${checks}), the engine in the container; nobody is led there by ${names}`,
  };
}
