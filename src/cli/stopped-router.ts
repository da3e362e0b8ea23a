import { AxonError } from "../errors.ts";
import type { KvStore } from "../kv/kv-store.ts";
import type { LiveContainer } from "../live.ts";
import type { Router } from "../router/router.ts";
import { caddyFormat } from "../routing/caddy/caddy-format.ts";
import { readJournal } from "../state/journal.ts";
import { deployOutcome } from "../state/revision-record.ts";
import { listRevisions, readRevision } from "../state/revisions.ts";
import type { OpenedRouter, RouterState } from "./open-router.ts";

/** Axon's own Caddy, which does not run: what it was told is not known. */
export function stoppedRouter(container: LiveContainer): OpenedRouter {
  const problem = notRunning(container);
  const router = failingRouter(problem);
  return {
    format: caddyFormat,
    problem,
    isElsewhere: false,
    observe: async (deployment, store) => {
      if (store !== undefined && (await mayHaveRoutes(store, deployment))) throw problem;
      return NO_ROUTES;
    },
    on: () => router,
    withoutStore: router,
    close: async () => {},
  };
}

const NO_ROUTES: RouterState = { routes: {}, otherRoutes: [], routerFaults: [] };

function notRunning({ name, status }: LiveContainer): AxonError {
  return new AxonError("ROUTER_UNREACHABLE", `the router ${name} is ${status}`, {
    hint: `Start it with: docker start ${name}. Where its port is taken, give it another one: axon system up router --http PORT --https PORT`,
  });
}

/** As the history tells: what was deployed since a run left the routes as they are to be, or may have been. */
async function mayHaveRoutes(store: KvStore, deployment: string): Promise<boolean> {
  const [journal, { records, notices }] = await Promise.all([
    readJournal(store, deployment),
    listRevisions(store, deployment),
  ]);
  if (notices.length > 0 || journal?.kind === "unusable") return true;
  const begun = journal?.record.changes ?? [];
  if (begun.some(({ address }) => address.startsWith("route."))) return true;
  for (const record of records) {
    const { number } = record;
    const last = await readRevision(store, { deployment, number }).catch(() => undefined);
    if (last === undefined || Object.keys(last.model?.routes ?? {}).length > 0) return true;
    if (deployOutcome(record) === "complete") return false;
  }
  return false;
}

function failingRouter(problem: AxonError): Router {
  const fail = async () => {
    throw problem;
  };
  return {
    description: problem.message,
    prepare: fail,
    switchTo: fail,
    verify: fail,
    awaitDrained: fail,
    clear: fail,
    remove: fail,
  };
}
