import { describe, expect, test } from "vitest";
import {
  authorityIn,
  authorityPolicy,
  withAuthority,
} from "../../../../src/routing/caddy/caddy-authority.ts";

const ours = authorityPolicy({
  email: "ops@example.org",
  server: "https://ca/directory",
  rootFile: "/root.pem",
});
const theirs = { subjects: ["a.example.org"], issuers: [{ module: "internal" }] };
const configWith = (...policies: readonly object[]) => ({
  apps: { tls: { automation: { policies } } },
});

describe("the authority of Caddy", () => {
  test("comes after the policies of others, and goes without a trace", () => {
    const config = withAuthority({}, ours);
    expect(authorityIn(config)).toBe(ours);
    expect(withAuthority(config, undefined)).toEqual({});
    const both = withAuthority(configWith(theirs) as never, ours);
    expect(both).toEqual(configWith(theirs, ours ?? {}));
    expect(withAuthority(both, undefined)).toEqual(configWith(theirs));
  });

  test("needs no word where it is the usual one", () => {
    const unsaid = { email: undefined, server: undefined, rootFile: undefined };
    expect(authorityPolicy(unsaid)).toBeUndefined();
  });
});
