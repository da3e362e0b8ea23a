import { describe, expect, test } from "vitest";
import type { CertificateReader } from "../../../src/routing/certificate-reader.ts";
import { routesFor } from "../../../src/routing/routes-for.ts";
import { Secret } from "../../../src/secret.ts";
import type { DomainEntry, TlsSource } from "../../../src/servicefile/servicefile.ts";
import { problemsOf } from "../../helpers/build-from.ts";
import { domain, http, input, service } from "./build-routing.ts";

const services = service("website", { http: http(8080) });

const source = (file: string): TlsSource => ({ kind: "file", file, path: ["Domains", file] });
const tls: DomainEntry["tls"] = {
  kind: "certificate",
  cert: source("site.pem"),
  key: source("site.key"),
};

/** A text is `names` of the certificate; the key of the same text fits. */
const certificates: CertificateReader = {
  read: (pem) =>
    pem.startsWith("for ")
      ? { names: pem.slice(4).split(" "), until: "2020-02-03T04:05:06.000Z", state: "valid" }
      : undefined,
  keyFits: (pem, key) => {
    if (!(key instanceof Secret) && key === "locked") return "unreadable";
    return key === `key ${pem}` ? "fits" : "differs";
  },
};

interface Given {
  readonly name?: string;
  readonly pem: string;
  readonly key?: string;
  readonly state?: "valid" | "expired" | "not-yet";
  readonly more?: Partial<DomainEntry>;
  readonly httpsPort?: number;
}

function routed(given: Given) {
  const { name = "example.org", pem, key = `key ${pem}`, state = "valid", more, httpsPort } = given;
  const read = (text: string) => {
    const facts = certificates.read(text);
    return facts && { ...facts, state };
  };
  return routesFor(
    input({
      services,
      domains: { [name]: domain("shop:website", { domain: name, tls, redirect: true, ...more }) },
      httpsPort,
      certificates: { ...certificates, read },
      textOf: ({ path }) => (path[1] === "site.pem" ? pem : key),
    }),
  );
}

describe("the certificate of a domain", () => {
  test("goes with its key into the route, which sends plain requests on", () => {
    const [route] = routed({ pem: "for example.org" }).routes;
    expect(route).toMatchObject({
      tls: { kind: "certificate", certificate: "for example.org" },
      redirect: "https",
    });
    expect(route?.tls?.kind === "certificate" && route.tls.key.reveal()).toBe(
      "key for example.org",
    );
  });

  test.for([
    ["443, unless something is known", undefined, true, undefined],
    ["443", 443, true, undefined],
    ["where the router has HTTPS", 8443, true, 8443],
    ["443, where the file says so", 8443, 443, undefined],
    ["the port that the file names", undefined, 9443, 9443],
  ] as const)("sends plain requests to port %s", ([, httpsPort, redirect, port]) => {
    const known = httpsPort === undefined ? {} : { httpsPort };
    const { routes } = routed({ pem: "for example.org", more: { redirect }, ...known });
    expect(routes[0]).toMatchObject({ redirect: "https" });
    expect(routes[0]?.redirectPort).toBe(port);
  });

  test("may be answered beside plain requests", () => {
    const [route] = routed({ pem: "for example.org", more: { redirect: false } }).routes;
    expect(route?.redirect).toBeUndefined();
  });

  test.for([
    ["example.org", "for www.example.org example.org"],
    ["www.example.org", "for *.example.org"],
    ["*.example.org", "for *.example.org"],
  ])("fits %s, being %s", ([name = "", pem = ""]) => {
    expect(routed({ name, pem }).routes).toHaveLength(1);
  });

  test.for([
    ["example.org", "for www.example.org"],
    ["a.b.example.org", "for *.example.org"],
    ["example.org", "for *.example.org"],
    ["*.example.org", "for example.org www.example.org"],
  ])("does not fit %s, being %s", ([name = "", pem = ""]) => {
    const [problem, ...others] = problemsOf(() => routed({ name, pem }));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: "CERTIFICATE_INVALID", at: { line: 2 } });
    expect(problem?.message).toContain("site.pem is not for this domain");
  });

  test.for([
    ["for example.org", "other", "site.key is the key of another certificate"],
    ["for example.org", "locked", "site.key is not a private key"],
    ["hello", "other", "site.pem is not a certificate"],
  ])("is refused when it is %s with the key %s", ([pem = "", key = "", says = ""]) => {
    const [problem] = problemsOf(() => routed({ pem, key }));
    expect(problem).toMatchObject({ code: "CERTIFICATE_INVALID" });
    expect(problem?.message).toContain(says);
  });

  test("is told, and used, when its time is over or has not come", () => {
    expect(routed({ pem: "for example.org", state: "expired" })).toMatchObject({
      routes: [{ domain: "example.org" }],
      notices: ["example.org: site.pem expired on 2020-02-03: browsers refuse it"],
    });
    expect(routed({ pem: "for example.org", state: "not-yet" }).notices).toEqual([
      "example.org: site.pem is not valid yet",
    ]);
  });
});

test("a resolver of the router is asked for the certificate that is not given", () => {
  const acme = { kind: "acme", resolver: "dns" } as const;
  expect(routed({ pem: "", more: { tls: acme } }).routes).toMatchObject([{ tls: acme }]);
});
