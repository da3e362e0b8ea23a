import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PendingRoute } from "../../../src/model.ts";
import { encodePending } from "../../../src/routing/pending-key.ts";
import { Secret } from "../../../src/secret.ts";
import { decodePending } from "../../../src/state/pending-route.ts";
import { route } from "../../helpers/build.ts";

const AT = { deployment: "shop", name: "front_example.org_x" };

const WAITING: PendingRoute = {
  ...route(AT.name, { target: "shop:web", path: "/x", servers: [] }),
  auth: { mode: "basic", realm: "r", users: [new Secret("a:b")] },
  tls: { kind: "certificate", certificate: "pem", key: new Secret("key") },
  redirect: "https",
  redirectPort: 8443,
  awaits: { deployment: "shop", service: "web", port: undefined },
};

const text = (more: object = {}) => encodePending({ ...WAITING, ...more }).reveal();

describe("what a domain waits for", () => {
  test("is kept as one text, which is not for showing, and read back as it was", () => {
    expect(String(encodePending(WAITING))).toBe("[secret]");
    const decoded = decodePending(text(), AT);
    expect(decoded).toEqual({ kind: "record", record: WAITING });
    const { auth } = (decoded as { record: PendingRoute }).record;
    expect(auth?.users[0]?.reveal()).toBe("a:b");
  });

  test.for([
    "",
    "{}",
    "null",
    '{"version":1,"route":{}}',
    '{"version":1,"route":null}',
    '{"version":1,"route":[]}',
  ])("is not read from %s", (odd) => {
    expect(decodePending(odd, AT).kind).toBe("unusable");
  });

  test("of a newer Axon is told as that", () => {
    expect(decodePending('{"version":2,"route":{}}', AT)).toMatchObject({
      reason: "it is of version 2, written by a newer Axon",
    });
  });

  test.for([
    ["another name than its key's", { name: "other_example.org_x" }],
    ["a name that is not of its place", { path: "/y" }],
    ["a domain that a rule would take for its own", { domain: "a`) || Host(`b" }],
    ["another deployment than its key's", { awaits: { deployment: "blog", service: "web" } }],
    ["users without hashes", { auth: { mode: "basic", realm: "r", users: ["a:b"] } }],
    ["a certificate without its key", { tls: { kind: "certificate", certificate: "pem" } }],
  ] as const)("is not read with %s", ([, more]) => {
    expect(decodePending(text(more), AT).kind).toBe("unusable");
  });

  test("never throws, whatever one field holds", () => {
    const damaged = fc.tuple(fc.constantFrom(...Object.keys(WAITING)), fc.jsonValue());
    fc.assert(
      fc.property(damaged, ([field, value]) => {
        const decoded = decodePending(text({ [field]: value }), AT);
        expect(["record", "unusable"]).toContain(decoded.kind);
      }),
    );
  });
});
