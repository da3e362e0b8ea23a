import { expect, test } from "vitest";
import { factsOf, fromFacts } from "../../../src/discovery/facts.ts";
import { ownerOf, registrationsFor } from "../../../src/discovery/registrations-for.ts";
import { imageFacts } from "../../helpers/build.ts";
import { buildFrom } from "../../helpers/build-from.ts";

function registered(text: string) {
  return [...registrationsFor(buildFrom(text).model).values()].flat();
}

test("each port of each instance is registered, and the first port as the service's own, too", () => {
  const all = registered(
    "web: {image: web, ports: {http: 80, admin: 90}, scale: 2}\nno: {image: no}\n",
  );
  expect(all.map(({ id, name, number }) => `${id} ${name} ${number}`)).toEqual([
    "axon:shop:web:1 shop-web 90",
    "axon:shop:web:admin:1 shop-web-admin 90",
    "axon:shop:web:http:1 shop-web-http 80",
    "axon:shop:web:2 shop-web 90",
    "axon:shop:web:admin:2 shop-web-admin 90",
    "axon:shop:web:http:2 shop-web-http 80",
  ]);
});

test("a probe is what is asked, with the container's interval; anything else is a connection", () => {
  const checks = (more: string) =>
    registered(`web: {image: web, ports: {http: 80}${more}}\n`).map(({ check }) => check);
  const http = ", healthcheck: {http: http/up, interval: 7s, timeout: 2s, retries: 4}";
  const times = { intervalSeconds: 7, timeoutSeconds: 2, retries: 4 };
  expect(checks(http)[0]).toEqual({ path: "/up", port: 80, ...times, isWhole: true });
  const tcp = ", healthcheck: {tcp: http, interval: 7s, timeout: 2s, retries: 4}";
  expect(checks(tcp)[0]).toEqual({ path: undefined, port: 80, ...times, isWhole: true });
  const usual = { intervalSeconds: 5, timeoutSeconds: 3, retries: undefined };
  const port = { path: undefined, port: 80, ...usual, isWhole: false };
  expect(checks("")[0]).toEqual(port);
  expect(checks(", healthcheck: {test: /bin/ask}")[0]).toEqual(port);
  expect(checks(", healthcheck: {http: http, interval: 1h}")[0]?.intervalSeconds).toBe(30);
  const often = checks(", healthcheck: {tcp: http, interval: 200ms, timeout: 400ms}");
  expect(often[0]).toMatchObject({ intervalSeconds: 1, timeoutSeconds: 1 });
});

test("of an image whose own check is switched off, the port is all there is to see", () => {
  const images = { web: imageFacts("web", { defaults: { hasHealthcheck: true } }) };
  const checkWith = (more: string) => {
    const { model } = buildFrom(`web: {image: web, ports: {http: 80}${more}}\n`, { images });
    return registrationsFor(model).get("web")?.[0]?.check?.isWhole;
  };
  expect(checkWith("")).toBe(false);
  expect(checkWith(", healthcheck: false")).toBe(true);
});

test("another port stands for one of udp; where there is none, nobody looks", () => {
  const label = (ports: object) => ({
    "io.axon.descriptor": JSON.stringify({ axon: 1, entrypoints: { web: { ports } } }),
  });
  const checkOf = (ports: object) => {
    const images = { web: imageFacts("web", { labels: label(ports) }) };
    const { model } = buildFrom("web: {image: web}\n", { images });
    return registrationsFor(model)
      .get("web")
      ?.find(({ port }) => port === "dns")?.check;
  };
  const dns = { port: 53, protocol: "udp" };
  expect(checkOf({ dns, http: { port: 80, protocol: "http" } })?.port).toBe(80);
  expect(checkOf({ dns })).toBeUndefined();
});

test("who is on the engine's own networks only is not registered; who shares a network is found there", () => {
  expect(registered("web: {image: web, ports: {http: 80}, network_mode: host}\n")).toEqual([]);
  const shared =
    "vpn: {image: vpn}\nweb: {image: web, ports: {http: 80}, network_mode: service:vpn}\n";
  expect(registered(shared).map(({ address }) => address)).toEqual(["shop-vpn-1", "shop-vpn-1"]);
});

test("what a registration says comes back from its facts", () => {
  for (const one of registered(
    "web: {image: web, ports: {http: 80, admin: 90}, healthcheck: {http: http/a b}}\nno: {image: no, ports: {a: 1}}\n",
  )) {
    const placed = { ...one, address: "0123456789ab", health: "passing" };
    expect(fromFacts(one.id, factsOf(placed))).toEqual(placed);
  }
});

test("what an older Axon said of a check is understood, too", () => {
  const { check } = fromFacts("axon:shop:web:1", { check: "http 80 /a b every 10s for 5s" });
  const times = { intervalSeconds: 10, timeoutSeconds: 5, retries: undefined };
  expect(check).toEqual({ path: "/a b", port: 80, ...times, isWhole: true });
});

test("an id tells whose it is, and anything else nobody's", () => {
  expect(ownerOf("axon:shop:web:2")).toEqual({ service: "web", instance: 2 });
  expect(ownerOf("axon:shop:web:http:2")).toEqual({ service: "web", instance: 2 });
  for (const id of ["axon:shop:web", "axon:shop:web:0", "axon:shop:a:b:c:1", "web-1"]) {
    expect(ownerOf(id)).toBeUndefined();
  }
});
