import { Secret } from "../../secret.ts";
import type { Report } from "../problems/problem.ts";
import type { DomainEntry } from "../servicefile.ts";
import { childOf, entriesOf, type Tree, textOf } from "../yaml/tree.ts";
import { canonicalHostname } from "./canonical-hostname.ts";
import { canonicalTarget } from "./canonical-target.ts";
import { recordOf } from "./record-of.ts";

type Domains = Readonly<Record<string, DomainEntry>>;

/** A domain that leads nowhere is left out. */
export function canonicalDomains(tree: Tree | undefined, report: Report): Domains {
  const domains = new Map<string, DomainEntry>();
  for (const [key, body] of entriesOf(tree)) {
    const domain = canonicalHostname(key, body.path, report);
    const entry = domain === undefined ? undefined : domainEntry(domain, body, report);
    if (entry === undefined) continue;
    if (domains.has(entry.domain)) {
      report({ path: body.path, says: "is the same domain as another key, in other letters" });
    }
    domains.set(entry.domain, entry);
  }
  return recordOf(domains);
}

function domainEntry(domain: string, body: Tree, report: Report): DomainEntry | undefined {
  const auth = authOf(childOf(body, "auth"), report);
  const target = body.kind === "map" ? childOf(body, "http") : body;
  if (target === undefined || textOf(target) === undefined) return undefined;
  return {
    domain,
    http: canonicalTarget(target, report),
    path: pathOf(childOf(body, "path")),
    auth,
    authMode: textOf(childOf(body, "auth_mode")) === "basic" ? "basic" : "digest",
  };
}

/** `/shop/` is `/shop`, and `/` is the whole domain. */
function pathOf(tree: Tree | undefined): string | undefined {
  return textOf(tree)?.replace(/\/+$/, "") || undefined;
}

function authOf(tree: Tree | undefined, report: Report): DomainEntry["auth"] {
  const users = entriesOf(tree).map(([user, password]) => {
    const text = textOf(password) ?? "";
    if (user === "" || /[:\s]/.test(user)) {
      report({ path: password.path, says: "is not a user name: it is empty or has a : or space" });
    }
    if (text === "") report({ path: password.path, says: "must have a password" });
    return [user, new Secret(text)] as const;
  });
  return recordOf(users);
}
