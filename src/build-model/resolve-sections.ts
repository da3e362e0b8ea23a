import { AxonError } from "../errors.ts";
import { own } from "../own.ts";
import { reveal, Secret, type Text } from "../secret.ts";
import { lateNames } from "../servicefile/interpolate/late-reference.ts";
import type { DomainEntry, TlsSource } from "../servicefile/servicefile.ts";
import type { BuildInput, Report } from "./build-input.ts";
import { collecting } from "./draft.ts";
import type { Scope } from "./reference-value.ts";
import { resolveText } from "./resolve-text.ts";

type Config = BuildInput["servicefile"]["config"];
type Sections = Omit<Scope, "draft">;

/** The input with what Config and Domains refer to in place. */
export function resolveSections(scope: Sections, report: Report): BuildInput {
  const { servicefile } = scope.input;
  const config = Object.fromEntries(
    Object.keys(servicefile.config).flatMap((key) =>
      collecting(report, () => [key, configValue(key, { scope, trail: [] })]),
    ),
  );
  const input = { ...scope.input, servicefile: { ...servicefile, config } };
  const domains = Object.entries(servicefile.domains).flatMap(([name, domain]) =>
    collecting(report, () => [name, resolveDomain(domain, { ...scope, input, draft: undefined })]),
  );
  return { ...input, servicefile: { ...input.servicefile, domains: Object.fromEntries(domains) } };
}

interface Walk {
  readonly scope: Sections;
  /** Keys that led here. */
  readonly trail: readonly string[];
}

/** A value of Config may use another one. */
function configValue(key: string, { scope, trail }: Walk): Text {
  const { input } = scope;
  if (trail.includes(key)) throw circle([...trail, key], input);
  const written = input.servicefile.config[key] ?? "";
  const used = usedKeys(written, input);
  const config = Object.fromEntries(
    used.map((name) => [name, configValue(name, { scope, trail: [...trail, key] })]),
  );
  return resolveText(written, { ...scope, input: withConfig(input, config), draft: undefined });
}

/** Those of Config that a value uses. */
function usedKeys(text: Text, { servicefile }: BuildInput): string[] {
  const names = lateNames(reveal(text)).filter((name) => name.startsWith("store."));
  const keys = names.map((name) => name.slice("store.".length));
  return keys.filter((key) => own(servicefile.config, key) !== undefined);
}

function withConfig(input: BuildInput, config: Config): BuildInput {
  return { ...input, servicefile: { ...input.servicefile, config } };
}

function circle(keys: readonly string[], { servicefile }: BuildInput): AxonError {
  const [first = ""] = keys;
  return new AxonError("SERVICEFILE_INVALID", `these keys use each other: ${keys.join(" -> ")}`, {
    at: servicefile.locate(["Config", ...first.split("/")]),
  });
}

function resolveDomain(domain: DomainEntry, scope: Scope): DomainEntry {
  const users = Object.entries(domain.auth).map(([user, password]) => [
    user,
    asSecret(resolveText(password, scope)),
  ]);
  return { ...domain, auth: Object.fromEntries(users), tls: resolveTls(domain, scope) };
}

function resolveTls({ tls }: DomainEntry, scope: Scope): DomainEntry["tls"] {
  if (tls?.kind !== "certificate") return tls;
  return { ...tls, cert: resolveSource(tls.cert, scope), key: resolveSource(tls.key, scope) };
}

function resolveSource(source: TlsSource, scope: Scope): TlsSource {
  return source.kind === "file"
    ? source
    : { ...source, content: resolveText(source.content, scope) };
}

function asSecret(text: Text): Secret {
  return text instanceof Secret ? text : new Secret(text);
}
