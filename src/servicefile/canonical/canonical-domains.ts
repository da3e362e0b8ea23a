import { Secret } from "../../secret.ts";
import type { Report } from "../problems/problem.ts";
import type { DomainEntry, DomainTls } from "../servicefile.ts";
import { childOf, entriesOf, isNull, type Tree, textOf } from "../yaml/tree.ts";
import { canonicalHostname } from "./canonical-hostname.ts";
import { canonicalTarget } from "./canonical-target.ts";
import { canonicalTls } from "./canonical-tls.ts";
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
  const tls = canonicalTls(body, report);
  const http = body.kind === "map" ? targetIn(body, "http") : body;
  const tcp = targetIn(body, "tcp");
  if (tcp !== undefined) checkTcp(body, tcp, report);
  const target = tcp ?? http;
  if (target === undefined || textOf(target) === undefined) return undefined;
  checkWildcard(domain, tls, { body, report });
  const found = canonicalTarget(target, report);
  return {
    domain,
    at: body.path,
    http: tcp === undefined ? found : undefined,
    tcp: tcp === undefined ? undefined : found,
    path: pathOf(childOf(body, "path")),
    auth,
    authMode: textOf(childOf(body, "auth_mode")) === "basic" ? "basic" : "digest",
    tls,
    redirect: tcp === undefined && redirectOf(body, tls, report),
  };
}

function targetIn(body: Tree, key: "http" | "tcp"): Tree | undefined {
  const target = childOf(body, key);
  return textOf(target) === undefined ? undefined : target;
}

/** What is asked of a URL or of HTTP means nothing for a connection. */
const ONLY_HTTP = ["http", "path", "auth", "auth_mode", "redirect"];

function checkTcp(body: Tree, tcp: Tree, report: Report): void {
  for (const key of ONLY_HTTP) {
    const other = childOf(body, key);
    if (other === undefined || isNull(other)) continue;
    const hint = key === "http" ? "give them two domains" : `remove it, or write http for tcp`;
    report({ path: other.path, says: "cannot be together with tcp", hint });
  }
  if (textOf(tcp)?.includes(":") === true) return;
  const hint = `write ${textOf(tcp)}:SERVICE or ${textOf(tcp)}:SERVICE:PORT`;
  report({ path: tcp.path, says: "must name a service", hint });
}

interface Place {
  readonly body: Tree;
  readonly report: Report;
}

/** An authority asks at the name itself, which a wildcard is not; only a resolver that writes into the DNS can. */
function checkWildcard(domain: string, tls: DomainTls | undefined, { body, report }: Place): void {
  if (!domain.startsWith("*.") || tls?.kind !== "acme" || tls.resolver !== undefined) return;
  const says = "cannot have the certificate of a wildcard, which only the DNS challenge proves";
  const hint = "name a resolver of the router that has a DNS challenge, or give cert and key";
  report({ path: childOf(body, "acme")?.path ?? body.path, says, hint });
}

function redirectOf(body: Tree, tls: DomainTls | undefined, report: Report): boolean | number {
  const redirect = childOf(body, "redirect");
  const text = textOf(redirect);
  const asks = /^(true|\d+)$/.test(text ?? "");
  const hasCertificate = ["cert", "key", "acme"].some((key) => childOf(body, key) !== undefined);
  if (redirect !== undefined && asks && !hasCertificate) {
    const hint = "give the domain cert and key, or acme: true";
    report({ path: redirect.path, says: "has no HTTPS to lead to", hint });
  }
  if (tls === undefined) return false;
  return /^\d+$/.test(text ?? "") ? Number(text) : text !== "false";
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
