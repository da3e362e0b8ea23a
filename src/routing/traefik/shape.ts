/**
 * What Traefik v3 takes below its root key, after its reference of key-value pairs. Names are in lower case,
 * because Traefik takes them in any.
 */
export type Shape =
  | "text"
  | "number"
  | "boolean"
  | "duration"
  | "texts"
  /** Plugins say themselves what they take. */
  | "anything"
  | { readonly kind: "fields"; readonly fields: Fields; readonly mayBeEmpty: boolean }
  /** Names of the user's own. */
  | { readonly kind: "names"; readonly each: Shape }
  | { readonly kind: "list"; readonly each: Shape };

type Fields = Readonly<Record<string, Shape>>;

function fields(given: Fields): Shape {
  return { kind: "fields", fields: given, mayBeEmpty: false };
}

/** The key itself can stand there, with the value `true`. */
function optional(given: Fields): Shape {
  return { kind: "fields", fields: given, mayBeEmpty: true };
}

function names(each: Shape): Shape {
  return { kind: "names", each };
}

function list(each: Shape): Shape {
  return { kind: "list", each };
}

/** Fields of one type. */
function all(type: Shape, ...words: readonly string[]): Fields {
  return Object.fromEntries(words.flatMap((word) => word.split(" ")).map((name) => [name, type]));
}

const certificate = fields(all("text", "certfile keyfile"));
const spiffe = fields({ ids: "texts", trustdomain: "text" });
const clientTls = fields({
  ...all("text", "ca cert key"),
  ...all("boolean", "insecureskipverify caoptional"),
});
const domains = list(fields({ main: "text", sans: "texts" }));
const sticky = optional({
  cookie: optional({
    ...all("text", "name domain path samesite"),
    ...all("boolean", "secure httponly"),
    maxage: "number",
  }),
});
const nothing = optional({});
const ipStrategy = optional({ depth: "number", excludedips: "texts", ipv6subnet: "number" });
const source = fields({
  ipstrategy: ipStrategy,
  requestheadername: "text",
  requesthost: "boolean",
});
const observability = optional(all("boolean", "accesslogs metrics tracing"));
const person = optional(
  all(
    "boolean",
    "commonname country domaincomponent locality organization organizationalunit province serialnumber",
  ),
);

const router = {
  ...all("texts", "entrypoints middlewares parentrefs"),
  ...all("text", "rule rulesyntax service"),
  priority: "number",
} as const satisfies Fields;

const middleware = fields({
  addprefix: fields({ prefix: "text" }),
  basicauth: login(),
  digestauth: login(),
  buffering: fields({
    ...all(
      "number",
      "maxrequestbodybytes maxresponsebodybytes memrequestbodybytes memresponsebodybytes",
    ),
    retryexpression: "text",
  }),
  chain: fields({ middlewares: "texts" }),
  circuitbreaker: fields({
    expression: "text",
    responsecode: "number",
    ...all("duration", "checkperiod fallbackduration recoveryduration"),
  }),
  compress: optional({
    ...all("texts", "encodings excludedcontenttypes includedcontenttypes"),
    defaultencoding: "text",
    minresponsebodybytes: "number",
  }),
  contenttype: optional({ autodetect: "boolean" }),
  errors: fields({
    ...all("text", "query service"),
    status: "texts",
    statusrewrites: names("number"),
  }),
  forwardauth: fields({
    ...all("text", "address authresponseheadersregex headerfield"),
    ...all("texts", "addauthcookiestoresponse authrequestheaders authresponseheaders"),
    ...all(
      "boolean",
      "forwardbody preservelocationheader preserverequestmethod trustforwardheader",
    ),
    maxbodysize: "number",
    maxresponsebodysize: "number",
    tls: clientTls,
  }),
  grpcweb: fields({ alloworigins: "texts" }),
  headers: fields({
    ...all(
      "boolean",
      "accesscontrolallowcredentials addvaryheader browserxssfilter contenttypenosniff",
    ),
    ...all("boolean", "forcestsheader framedeny isdevelopment sslforcehost sslredirect"),
    ...all("boolean", "ssltemporaryredirect stsincludesubdomains stspreload"),
    ...all(
      "texts",
      "accesscontrolallowheaders accesscontrolallowmethods accesscontrolalloworiginlist",
    ),
    ...all("texts", "accesscontrolalloworiginlistregex accesscontrolexposeheaders allowedhosts"),
    ...all("texts", "hostsproxyheaders"),
    ...all("text", "contentsecuritypolicy contentsecuritypolicyreportonly custombrowserxssvalue"),
    ...all(
      "text",
      "customframeoptionsvalue featurepolicy permissionspolicy publickey referrerpolicy sslhost",
    ),
    ...all("number", "accesscontrolmaxage stsseconds"),
    ...all(names("text"), "customrequestheaders customresponseheaders sslproxyheaders"),
  }),
  inflightreq: fields({ amount: "number", sourcecriterion: source }),
  ipallowlist: fields({ ipstrategy: ipStrategy, rejectstatuscode: "number", sourcerange: "texts" }),
  ipwhitelist: fields({ ipstrategy: ipStrategy, sourcerange: "texts" }),
  passtlsclientcert: fields({
    pem: "boolean",
    info: optional({
      ...all("boolean", "notafter notbefore sans serialnumber"),
      ...all(person, "issuer subject"),
    }),
  }),
  plugin: "anything",
  ratelimit: fields({
    ...all("number", "average burst"),
    period: "duration",
    redis: "anything",
    sourcecriterion: source,
  }),
  redirectregex: fields({ permanent: "boolean", ...all("text", "regex replacement") }),
  redirectscheme: fields({ permanent: "boolean", ...all("text", "port scheme") }),
  replacepath: fields({ path: "text" }),
  replacepathregex: fields(all("text", "regex replacement")),
  retry: fields({ attempts: "number", ...all("duration", "initialinterval timeout") }),
  stripprefix: fields({ forceslash: "boolean", prefixes: "texts" }),
  stripprefixregex: fields({ regex: "texts" }),
});

function login(): Shape {
  return fields({
    ...all("text", "headerfield realm usersfile"),
    removeheader: "boolean",
    users: "texts",
  });
}

const routerTls = { certresolver: "text", domains, options: "text" } as const satisfies Fields;

const loadBalancer = fields({
  healthcheck: fields({
    ...all("text", "hostname method mode path scheme"),
    ...all("number", "port status"),
    ...all("duration", "interval timeout unhealthyinterval"),
    followredirects: "boolean",
    headers: names("text"),
  }),
  passhostheader: "boolean",
  passivehealthcheck: fields({ failurewindow: "duration", maxfailedattempts: "number" }),
  responseforwarding: fields({ flushinterval: "duration" }),
  servers: list(fields({ url: "text", weight: "number", preservepath: "boolean" })),
  ...all("text", "serverstransport strategy"),
  sticky,
});

const weighted = list(fields({ name: "text", weight: "number" }));

const http = fields({
  routers: names(fields({ ...router, tls: optional(routerTls), observability })),
  services: names(
    fields({
      failover: fields({ ...all("text", "fallback service"), healthcheck: nothing }),
      highestrandomweight: fields({ services: weighted, healthcheck: nothing }),
      loadbalancer: loadBalancer,
      mirroring: fields({
        healthcheck: nothing,
        maxbodysize: "number",
        mirrorbody: "boolean",
        mirrors: list(fields({ name: "text", percent: "number" })),
        service: "text",
      }),
      weighted: fields({ healthcheck: nothing, services: weighted, sticky }),
    }),
  ),
  middlewares: names(middleware),
  serverstransports: names(
    fields({
      certificates: list(certificate),
      ...all("boolean", "disablehttp2 insecureskipverify"),
      forwardingtimeouts: fields(
        all(
          "duration",
          "dialtimeout idleconntimeout pingtimeout readidletimeout responseheadertimeout",
        ),
      ),
      maxidleconnsperhost: "number",
      ...all("texts", "rootcas ciphersuites"),
      ...all("text", "minversion maxversion peercerturi servername"),
      spiffe,
    }),
  ),
});

const tcp = fields({
  routers: names(fields({ ...router, tls: optional({ ...routerTls, passthrough: "boolean" }) })),
  services: names(
    fields({
      loadbalancer: fields({
        healthcheck: "anything",
        proxyprotocol: optional({ version: "number" }),
        servers: list(fields({ address: "text", tls: "boolean" })),
        serverstransport: "text",
        terminationdelay: "number",
      }),
      weighted: fields({ services: weighted, healthcheck: nothing }),
    }),
  ),
  middlewares: names(
    fields({
      ...all(fields({ sourcerange: "texts" }), "ipallowlist ipwhitelist"),
      inflightconn: fields({ amount: "number" }),
    }),
  ),
  serverstransports: names(
    fields({
      ...all("duration", "dialkeepalive dialtimeout terminationdelay"),
      proxyprotocol: optional({ version: "number" }),
      tls: optional({
        certificates: list(certificate),
        insecureskipverify: "boolean",
        ...all("text", "peercerturi servername"),
        rootcas: "texts",
        spiffe,
      }),
    }),
  ),
});

const udp = fields({
  routers: names(fields({ entrypoints: "texts", service: "text" })),
  services: names(
    fields({
      loadbalancer: fields({ servers: list(fields({ address: "text" })) }),
      weighted: fields({ services: weighted }),
    }),
  ),
});

const tls = fields({
  certificates: list(fields({ ...all("text", "certfile keyfile"), stores: "texts" })),
  options: names(
    fields({
      ...all("texts", "alpnprotocols ciphersuites curvepreferences"),
      clientauth: fields({ cafiles: "texts", clientauthtype: "text" }),
      ...all("boolean", "disablesessiontickets preferserverciphersuites snistrict"),
      ...all("text", "maxversion minversion"),
    }),
  ),
  stores: names(
    fields({
      defaultcertificate: certificate,
      defaultgeneratedcert: fields({
        domain: fields({ main: "text", sans: "texts" }),
        resolver: "text",
      }),
    }),
  ),
});

export const TRAEFIK_SHAPE: Shape = {
  kind: "fields",
  fields: { http, tcp, udp, tls },
  mayBeEmpty: false,
};

/** Traefik looks at those of its keys that begin with one of these, and at nothing else below its root. */
export const TRAEFIK_SECTIONS = ["http", "tcp", "udp", "tls"] as const;
