import { describe, expect, test } from "vitest";
import { decodeTraefik } from "../../../../src/routing/traefik/decode.ts";

function poison(entries: Record<string, string>): readonly string[] {
  return decodeTraefik(entries).poison.map(({ key }) => key);
}

describe("Traefik's key-value provider", () => {
  test("compares names and fields without case", () => {
    const { config } = decodeTraefik({
      "traefik/HTTP/Routers/Shop/Rule": "Host(`a`)",
      "traefik/http/routers/shop/service": "shop",
    });
    expect(config).toEqual({
      http: { routers: { Shop: { rule: "Host(`a`)", service: "shop" } } },
    });
  });

  test("orders the places in a list as text, and splits texts at commas", () => {
    const { config } = decodeTraefik({
      "traefik/http/routers/a/middlewares/10": "ten",
      "traefik/http/routers/a/middlewares/9": "nine",
      "traefik/http/routers/a/entrypoints": "web, websecure",
    });
    expect(config).toEqual({
      http: { routers: { a: { middlewares: ["ten", "nine"], entrypoints: ["web", "websecure"] } } },
    });
  });

  test("takes any name for a place in a list of groups", () => {
    const { config } = decodeTraefik({
      "traefik/tls/certificates/shop_example.org/certfile": "PEM, with\na comma",
      "traefik/tls/certificates/0/certfile": "other",
    });
    expect(config).toEqual({
      tls: { certificates: [{ certfile: "other" }, { certfile: "PEM, with\na comma" }] },
    });
  });

  test("does not look at what is in none of its sections", () => {
    expect(
      decodeTraefik({ "traefik/axon/x": "1", traefik: "", "traefik/": "", "other/http/x": "" }),
    ).toEqual({ config: {}, poison: [] });
  });

  test("takes the empty nodes that a store with directories has between keys", () => {
    const entries = {
      "traefik/http": "",
      "traefik/http/routers": "",
      "traefik/http/routers/a": "",
      "traefik/http/routers/a/tls": "true",
      "traefik/http/services": "",
      "traefik/http/services/a": "",
      "traefik/http/services/a/loadbalancer": "",
      "traefik/http/services/a/loadbalancer/servers": "",
      "traefik/http/services/a/loadbalancer/servers/0": "",
      "traefik/http/services/a/loadbalancer/servers/0/url": "http://a:80",
    };
    expect(decodeTraefik(entries)).toEqual({
      config: {
        http: {
          routers: { a: { tls: {} } },
          services: { a: { loadbalancer: { servers: [{ url: "http://a:80" }] } } },
        },
      },
      poison: [],
    });
  });

  test.for([
    ["a field that there is not", "traefik/http/routers/a/rules", "x"],
    ["a section that there is not", "traefik/http/router/a/rule", "x"],
    ["a name that begins like a section", "traefik/httpx", "x"],
    ["a number that is none", "traefik/http/routers/a/priority", "high"],
    ["a switch that is none", "traefik/http/services/a/loadbalancer/passhostheader", "yes"],
    ["a time that is none", "traefik/http/middlewares/a/retry/initialinterval", "1 second"],
    ["a group with nothing in it", "traefik/http/services/a/loadbalancer", ""],
    ["a section with nothing in it", "traefik/http/routers", ""],
    ["something below a value", "traefik/http/routers/a/rule/x", "x"],
    ["an empty part", "traefik/http//x", "x"],
  ])("takes nothing at all when there is %s", ([, key = "", value = ""]) => {
    expect(poison({ [key]: value, "traefik/http/routers/good/rule": "Host(`a`)" })).toEqual(
      key === "traefik/http/routers" ? [] : [key],
    );
    expect(poison({ [key]: value })).toEqual([key]);
  });

  test.for([
    ["traefik/http/routers/a/tls", "true"],
    ["traefik/http/middlewares/a/compress", "true"],
    ["traefik/http/middlewares/a/plugin/any/thing", "x"],
    ["traefik/http/middlewares/a/headers/customrequestheaders/X-Own", "x"],
    ["traefik/http/middlewares/a/retry/initialinterval", "1m30.5s"],
    ["traefik/http/services/a/loadbalancer/healthcheck/interval", "10"],
    ["traefik/tcp/routers/a/tls/passthrough", "true"],
    ["traefik/udp/services/a/loadbalancer/servers/0/address", "a:53"],
    ["traefik/http/", ""],
  ])("takes %s", ([key = "", value = ""]) => {
    expect(poison({ [key]: value, "traefik/http/routers/good/rule": "Host(`a`)" })).toEqual([]);
  });
});
