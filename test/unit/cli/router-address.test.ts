import { describe, expect, test } from "vitest";
import { resolveRouterAddress } from "../../../src/cli/router-address.ts";
import { AxonError } from "../../../src/errors.ts";
import { describeCaddy } from "../../../src/router/caddy/caddy-address.ts";

const resolve = (flag?: string, AXON_ROUTER?: string) =>
  resolveRouterAddress({ flag, env: { AXON_ROUTER } });

describe("which router", () => {
  test.for([
    ["traefik", { kind: "traefik" }],
    ["caddy://edge", { kind: "caddy", admin: { host: "edge", port: 2019 } }],
    ["caddy://10.0.0.5:3000/", { kind: "caddy", admin: { host: "10.0.0.5", port: 3000 } }],
    ["caddy://[::1]:2019", { kind: "caddy", admin: { host: "::1", port: 2019 } }],
    ["caddy+unix:///run/caddy.sock", { kind: "caddy", admin: { socketPath: "/run/caddy.sock" } }],
  ] as const)("%s", ([text, address]) => {
    expect(resolve(text)).toEqual(address);
    expect(resolve(undefined, text)).toEqual(address);
  });

  test.each(["caddy://edge:2019", "caddy://[::1]:2019", "caddy+unix:///run/caddy.sock"])(
    "%s is called what it was called",
    (text) => {
      const address = resolve(text);
      expect(address.kind === "caddy" && describeCaddy(address.admin)).toBe(text);
    },
  );

  test("the option wins, and without any it is Axon's own, if it runs one", () => {
    expect(resolve("traefik", "caddy://edge")).toEqual({ kind: "traefik" });
    expect(resolve(undefined, "")).toEqual({ kind: "managed" });
  });

  test.for(["nginx", "caddy://", "caddy://a:b", "http://edge", "caddy://edge/x", "caddy+unix://x"])(
    "%s is none",
    (text) => {
      expect(() => resolve(text)).toThrow(AxonError);
    },
  );

  test.each([
    "caddy://me:hunter2@edge",
    "caddy://me:hunter2@edge:99999",
    "https://admin:hunter2@edge.example.org",
    "caddy+unix://me:hunter2@run/caddy.sock",
    "me:hunter2@edge",
  ])("a credential is refused and not repeated: %s", (text) => {
    expect(() => resolve(text)).toThrow("--router holds a credential, which others could see");
    expect(() => resolve(undefined, text)).toThrow(/^AXON_ROUTER holds a credential/);
  });

  test("what stands in the path of a socket is no credential", () => {
    const admin = { socketPath: "/run/caddy@1.sock" };
    expect(resolve("caddy+unix:///run/caddy@1.sock")).toEqual({ kind: "caddy", admin });
  });
});
