import { expect, test } from "vitest";
import { atGeneration, readTraefik } from "../../../../src/routing/traefik/generation.ts";
import { routeNameOf } from "../../../../src/routing/traefik/route-of-key.ts";
import { traefikEntries } from "../../../../src/routing/traefik/traefik-entries.ts";
import { route } from "../../../helpers/build.ts";

const NAME = "shop_example.org";
const tls = { kind: "acme", resolver: undefined } as const;
const SPECS = [
  route(NAME),
  route(NAME, { tls, redirect: "https" }),
  route(NAME, { tls }),
  route(NAME, { kind: "tcp" }),
];
const entriesAt = (generation: number, servers = ["a:80", "b:80"], spec = route(NAME)) =>
  atGeneration(traefikEntries(spec, servers), NAME, generation);

test.for(SPECS)("a list of servers has a tree of its own, and the route chooses: %#", (spec) => {
  for (const generation of [0, 1, 12]) {
    const there = entriesAt(generation, ["a:80", "b:80"], spec);
    expect(readTraefik(NAME, there)).toEqual({
      entries: traefikEntries(spec, []),
      servers: ["a:80", "b:80"],
      generation,
      nextGeneration: generation + 1,
      hasLeftovers: false,
    });
    expect(Object.keys(there).map(routeNameOf)).toEqual(Object.keys(there).map(() => NAME));
  }
});

test("a list that was written and never chosen is left over, and its number is not given again", () => {
  const unused = Object.entries(entriesAt(5)).filter(([key]) => key.includes("/services/"));
  const read = readTraefik(NAME, { ...entriesAt(2, ["a:80"]), ...Object.fromEntries(unused) });
  expect(read).toMatchObject({
    servers: ["a:80"],
    generation: 2,
    nextGeneration: 6,
    hasLeftovers: true,
  });
});

test("a route that chooses a list of somebody else leads nowhere, and says which", () => {
  const key = `traefik/http/routers/${NAME}/service`;
  const read = readTraefik(NAME, { ...entriesAt(1), [key]: "other" });
  expect(read.servers).toEqual([]);
  expect(read.entries[key]).toBe("other");
});

test("a route whose name ends like another's with a number is another one", () => {
  const longer = route("shop_example.org_=v1");
  const read = readTraefik(NAME, traefikEntries(longer, ["x:1"]));
  expect(read.servers).toEqual([]);
});
