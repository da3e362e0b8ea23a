import { AxonError } from "../errors.ts";
import type { RouteAuth } from "../model.ts";
import { reveal, Secret } from "../secret.ts";
import type { DomainEntry } from "../servicefile/servicefile.ts";
import type { RoutingInput, RoutingReport } from "./routing-input.ts";

const REALM = "protected";

interface Login {
  readonly key: string;
  readonly at: DomainEntry["at"];
  readonly user: string;
  readonly password: string;
}

/** Who may come in, hashed; undefined for a domain that is open to everyone. */
export function authOf(
  key: string,
  input: RoutingInput,
  report: RoutingReport,
): RouteAuth | undefined {
  const entry = input.domains[key];
  const at = entry?.at ?? [];
  const logins = Object.entries(entry?.auth ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([user, password]): Login => ({ key, at, user, password: reveal(password) }));
  if (entry === undefined || logins.length === 0) return undefined;
  for (const login of logins) checkUser(login, input, report);
  const line = entry.authMode === "basic" ? basicLine : digestLine;
  const users = logins.map((login) => new Secret(line(login, input)));
  return { mode: entry.authMode, realm: REALM, users };
}

/** The router's list of users is separated by commas, and a user's parts by colons. */
function checkUser({ key, at, user }: Login, input: RoutingInput, report: RoutingReport): void {
  if (user !== "" && !/[:,\s]/.test(user)) return;
  report.error(
    new AxonError(
      "SERVICEFILE_INVALID",
      `${key}: the user ${JSON.stringify(user)} must be a name without blank, colon and comma`,
      { at: input.locate([...at, "auth"]) },
    ),
  );
}

function digestLine({ user, password }: Login, { hash }: RoutingInput): string {
  return `${user}:${REALM}:${hash.digest(user, REALM, password)}`;
}

function basicLine({ key, user, password }: Login, { deployment, hash }: RoutingInput): string {
  return `${user}:${hash.basic(`${deployment}/${key}/${user}`, password)}`;
}
