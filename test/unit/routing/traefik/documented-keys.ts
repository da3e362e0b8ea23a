/**
 * What the manual of Traefik v3 says that there is below its root, of the things that Axon writes: each with all its
 * fields, so that one which `shape.ts` spells otherwise is seen. Taken from the manual and never from `shape.ts`.
 * `*` is a name of the user's own, `#` a place in a list.
 *
 * Sources: "KV Configuration Reference" (doc.traefik.io/traefik/v3.3/reference/dynamic-configuration/kv, and the same
 * page as of v3.5: docs/content/reference/dynamic-configuration/kv-ref.md of traefik/traefik at 03d2c151).
 */
const REFERENCE = {
  "http/routers/*": `
    entryPoints/# middlewares/# priority rule ruleSyntax service
    observability/accessLogs observability/metrics observability/tracing
    tls/certResolver tls/domains/#/main tls/domains/#/sans/# tls/options`,
  "http/services/*/loadBalancer": `
    healthCheck/followRedirects healthCheck/headers/* healthCheck/hostname healthCheck/interval healthCheck/method
    healthCheck/mode healthCheck/path healthCheck/port healthCheck/scheme healthCheck/status healthCheck/timeout
    healthCheck/unhealthyInterval passHostHeader responseForwarding/flushInterval
    servers/#/preservePath servers/#/url servers/#/weight serversTransport strategy
    sticky/cookie/domain sticky/cookie/httpOnly sticky/cookie/maxAge sticky/cookie/name sticky/cookie/path
    sticky/cookie/sameSite sticky/cookie/secure`,
  "http/middlewares/*/addPrefix": "prefix",
  "http/middlewares/*/basicAuth": "headerField realm removeHeader users/# usersFile",
  "http/middlewares/*/digestAuth": "headerField realm removeHeader users/# usersFile",
  "http/middlewares/*/redirectScheme": "permanent port scheme",
  "http/middlewares/*/replacePathRegex": "regex replacement",
  "http/middlewares/*/stripPrefix": "forceSlash prefixes/#",
  "tcp/routers/*": `
    entryPoints/# middlewares/# priority rule ruleSyntax service
    tls/certResolver tls/domains/#/main tls/domains/#/sans/# tls/options tls/passthrough`,
  "tcp/services/*/loadBalancer": `
    proxyProtocol/version servers/#/address servers/#/tls serversTransport terminationDelay`,
  "tls/certificates/#": "certFile keyFile stores/#",
};

/**
 * The reference has no key that only switches encryption on. It is `traefik/http/routers/<name>/tls` with the value
 * `true`: "Traefik & KV Stores" (doc.traefik.io/traefik/v3.4/reference/routing-configuration/other-providers/kv), and
 * for TCP "TLS" (…/v3.4/reference/routing-configuration/tcp/tls).
 */
const SWITCHES = ["http/routers/*/tls", "tcp/routers/*/tls"];

/** Numbers and the like; everything else is text or a list of texts. */
const VALUES: Readonly<Record<string, string>> = {
  ...of("42", "priority port status weight maxAge version terminationDelay"),
  ...of("true", "accessLogs metrics tracing followRedirects passHostHeader preservePath httpOnly"),
  ...of("true", "secure removeHeader permanent forceSlash passthrough"),
  ...of("42s", "interval timeout unhealthyInterval flushInterval"),
};

function of(value: string, names: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, value]));
}

export const DOCUMENTED_KEYS: readonly string[] = [
  ...Object.entries(REFERENCE).flatMap(([place, fields]) =>
    fields
      .trim()
      .split(/\s+/)
      .map((field) => `traefik/${place}/${field}`),
  ),
  ...SWITCHES.map((place) => `traefik/${place}`),
];

/** A value of the kind that the manual shows for the key. */
export function documentedValue(key: string): string {
  if (/^traefik\/(http|tcp)\/routers\/[^/]+\/tls$|\/servers\/[^/]+\/tls$/.test(key)) return "true";
  if (/\/redirectScheme\/port$/.test(key)) return "443";
  return VALUES[key.split("/").at(-1) ?? ""] ?? "text";
}
