import { describe, expect, test } from "vitest";
import { servicePorts } from "../../../src/build-model/service-ports.ts";
import { parseServicefile } from "../../../src/servicefile/parse-servicefile.ts";
import { imageFacts } from "../../helpers/build.ts";
import { build } from "./build.ts";

function numbersOf(ports: string, endpoints: Record<string, string> = {}): Record<string, number> {
  const text = `web: {ports: ${ports}}`;
  const entry = parseServicefile({ file: "Servicefile", text }).services.web;
  if (entry === undefined) throw new Error("no service");
  const image = imageFacts("web").defaults;
  const found = servicePorts({ entry, entrypoint: undefined, image, endpoints });
  return Object.fromEntries(Object.entries(found).map(([name, { number }]) => [name, number]));
}

describe("servicePorts", () => {
  test("assigned ports are numbered by name, around those that are written", () => {
    expect(numbersOf("{b: assign, a: assign, c: 20000}")).toEqual({ a: 20001, b: 20002, c: 20000 });
  });

  test("an assigned port is kept when another name comes before it", () => {
    expect(numbersOf("{a: assign, b: assign}", { "web/b": "shop-web-1:20000" })).toEqual({
      a: 20001,
      b: 20000,
    });
  });

  test("a kept number yields to one that is written", () => {
    const endpoints = { "web/a": "shop-web-1:20000" };
    expect(numbersOf("{a: assign, b: 20000}", endpoints)).toEqual({ a: 20001, b: 20000 });
  });

  test("of two that remember one number, the first by name keeps it", () => {
    const endpoints = { "web/a": "x:20005", "web/b": "x:20005" };
    expect(numbersOf("{a: assign, b: assign}", endpoints)).toEqual({ a: 20005, b: 20000 });
  });

  test.for(["", "nonsense", "host:", "host:http", "host:0", "host:70000", "host:-1", "host:1e3"])(
    "what is remembered as %j is no port and is not used",
    (address) => {
      expect(numbersOf("{a: assign}", { "web/a": address })).toEqual({ a: 20000 });
    },
  );

  test("ports of another service's name are not remembered", () => {
    expect(numbersOf("{a: assign}", { "web2/a": "x:30000", "we/a": "x:30000" })).toEqual({
      a: 20000,
    });
  });
});

describe("ports in a model", () => {
  const descriptors = {
    web: { entrypoints: { web: { ports: { http: { port: 80, path: "/shop" }, admin: 9000 } } } },
  };
  const portsOf = (text: string) => build(text, { descriptors }).model.services.web?.ports;

  test("the file's number goes over the descriptor's, and the rest stays", () => {
    expect(portsOf("web: {ports: {http: 8080}}")).toMatchObject({
      http: { number: 8080, path: "/shop", protocol: "http" },
      admin: { number: 9000 },
    });
  });

  test("null removes one that the descriptor declares", () => {
    expect(Object.keys(portsOf("web: {ports: {admin: null}}") ?? {})).toEqual(["http"]);
  });

  test("of a plain image, what it exposes are the ports, named by number", () => {
    const facts = imageFacts("web", {
      defaults: { exposedPorts: [{ port: 53, protocol: "udp" }] },
    });
    expect(build("web: {}", { images: { web: facts } }).model.services.web?.ports).toEqual({
      "53": { number: 53, protocol: "udp" },
    });
  });
});
