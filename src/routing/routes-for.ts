import { AxonError, type SourcePosition, throwAll } from "../errors.ts";
import type { PendingRoute, RouteSpec } from "../model.ts";
import type { DomainEntry } from "../servicefile/servicefile.ts";
import { authOf } from "./auth-users.ts";
import { claimed, claimsOf, placeText } from "./claims.ts";
import { tlsOf } from "./domain-tls.ts";
import { impossible } from "./impossible.ts";
import { resolveTarget } from "./resolve-target.ts";
import { isDomain, normalDomain, routeName } from "./route-name.ts";
import type { RoutingInput, RoutingReport } from "./routing-input.ts";
import { isRoutablePath } from "./url-path.ts";

export interface Routes {
  /** Sorted by name. */
  readonly routes: readonly RouteSpec[];
  /** Those whose service another deployment does not have yet, likewise. */
  readonly pending: readonly PendingRoute[];
  readonly notices: readonly string[];
}

/** What the domains of a Servicefile come to at the router. Throws everything that is wrong at once. */
export function routesFor(input: RoutingInput): Routes {
  const errors: AxonError[] = [];
  const notices: string[] = [];
  const report: RoutingReport = {
    error: (error) => errors.push(error),
    notice: (notice) => notices.push(notice),
  };
  const routes = new Map<string, Routed>();
  const claims = claimsOf(input.otherRoutes);
  for (const key of Object.keys(input.domains).sort()) {
    for (const route of routesOf(key, input, report)) {
      const other = routes.get(route.name);
      const owner = claims.get(placeText(route));
      if (owner !== undefined)
        errors.push(claimed({ ...route, owner }, input, positionOf(key, input)));
      else if (other === undefined) routes.set(route.name, route);
      else errors.push(offeredTwice(key, input, [other, route]));
    }
  }
  throwAll(errors);
  const all = [...routes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const isPending = (route: Routed): route is PendingRoute => "awaits" in route;
  return {
    routes: all.filter((route) => !isPending(route)),
    pending: all.filter(isPending),
    notices,
  };
}

type Routed = RouteSpec | PendingRoute;

function routesOf(key: string, input: RoutingInput, report: RoutingReport): Routed[] {
  const entry = input.domains[key];
  const target = entry?.http ?? entry?.tcp;
  if (entry === undefined || target === undefined) return [];
  const problem = placeProblem(key, entry, input);
  if (problem !== undefined) {
    report.error(problem);
    return [];
  }
  const domain = normalDomain(entry.domain);
  const tls = tlsOf(entry, input, report);
  const bindings = resolveTarget({ input, report, key, entry, target });
  if (bindings.length === 0) return [];
  const auth = authOf(key, input, report);
  const kind = entry.tcp === undefined ? "http" : "tcp";
  const redirect = tls === undefined ? {} : redirectionOf(entry, input);
  const routes = bindings.map((binding): RouteSpec => {
    const name = routeName({ deployment: input.deployment, domain, path: binding.path });
    return { ...binding, name, kind, domain, auth, tls, redirect: undefined, ...redirect };
  });
  const [refused] = routes.flatMap(
    (route) => impossible(route, input.format, positionOf(key, input)) ?? [],
  );
  if (refused !== undefined) report.error(refused);
  return routes;
}

function redirectionOf(
  { redirect }: DomainEntry,
  { httpsPort = HTTPS }: RoutingInput,
): Pick<RouteSpec, "redirectPort"> & { readonly redirect?: "https" } {
  if (redirect === false) return {};
  const redirectPort = redirect === true ? httpsPort : redirect;
  return { redirect: "https", ...(redirectPort !== HTTPS && { redirectPort }) };
}

const HTTPS = 443;

/** Both become part of the router's rule, so neither may hold what a rule would take for its own. */
function placeProblem(key: string, entry: DomainEntry, input: RoutingInput): AxonError | undefined {
  if (!isDomain(normalDomain(entry.domain))) {
    const message = `${key} must be the name of a host, such as example.org or *.example.org`;
    return invalid(message, input.locate(entry.at));
  }
  if (entry.path === undefined || isRoutablePath(entry.path)) return undefined;
  const message = `${key}.path must begin with / and hold no space, comma, \`, ?, # or %, and is ${JSON.stringify(entry.path)}`;
  return invalid(message, input.locate([...entry.at, "path"]));
}

function offeredTwice(
  key: string,
  input: RoutingInput,
  [first, second]: readonly RouteSpec[],
): AxonError {
  const place = first === undefined ? key : placeText(first);
  const message = `${place} leads to ${first?.target} and to ${second?.target}`;
  return invalid(message, positionOf(key, input));
}

function positionOf(key: string, { domains, locate }: RoutingInput): SourcePosition | undefined {
  return locate(domains[key]?.at ?? ["Domains"]);
}

function invalid(message: string, at: SourcePosition | undefined): AxonError {
  return new AxonError("SERVICEFILE_INVALID", message, { at });
}
