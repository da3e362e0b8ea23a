import { expect, test } from "vitest";
import type { RouteSpec } from "../../../../src/model.ts";
import { fromEntries } from "../../../../src/routing/traefik/from-entries.ts";
import { traefikEntries } from "../../../../src/routing/traefik/traefik-entries.ts";
import { Secret } from "../../../../src/secret.ts";
import { route } from "../../../helpers/build.ts";

const plain = route("shop_example.org");

function asStored(spec: RouteSpec) {
  const { name, domain, path, target } = spec;
  const servers = spec.servers.map((server, index) => {
    const host = "host" in server ? server.host : `shop-${server.service}-${index + 1}`;
    return `${host}:${server.port}`;
  });
  return { name, domain, path, target, entries: traefikEntries(spec, servers) };
}

test.for<[string, RouteSpec]>([
  ["one instance", plain],
  [
    "many instances",
    {
      ...plain,
      servers: Array.from({ length: 12 }, (_, at) => ({
        service: "web",
        instance: at + 1,
        port: 80,
      })),
    },
  ],
  [
    "another deployment",
    { ...plain, target: "blog:web:http", servers: [{ host: "blog-web-1", port: 1 }] },
  ],
  ["a path that is taken away", { ...plain, path: "/a", rewrite: "/" }],
  ["a path that is replaced", { ...plain, path: "/a", rewrite: "/v2/$x" }],
  [
    "users, digest",
    {
      ...plain,
      auth: { mode: "digest", realm: "protected", users: [new Secret("a:protected:f")] },
    },
  ],
  [
    "users, basic",
    {
      ...plain,
      auth: { mode: "basic", realm: "protected", users: [new Secret("a:$2y$"), new Secret("b:c")] },
    },
  ],
])("a route that an earlier Axon stored is understood: %s", ([, spec]) => {
  const read = fromEntries(asStored(spec), "shop");
  expect(read).toEqual(spec);
  expect(read.auth?.users.map((user) => user.reveal())).toEqual(
    spec.auth?.users.map((user) => user.reveal()),
  );
});
