import { expect, test } from "vitest";
import { diffContainer } from "../../../src/fields/table.ts";
import type { Model } from "../../../src/model.ts";
import { reveal, Secret } from "../../../src/secret.ts";
import { type BuildOverrides, buildFrom, problemsOf } from "../../helpers/build-from.ts";

const FILE = `
Config:
  cache/size: 64m
  url: http://\${service.redis.host}:\${service.redis.port}/\${store.cache/size}
  token: \${generate.Token}
Generate: {Token: {hex: 32}}
Secrets: {db: {env: DB}, unused: {env: OTHER}}
Files: {conf: {content: "me = \${axon.service}, key = \${secret.db}"}}
redis:
  image: redis
  ports: {cli: 6379, admin: 9000}
web:
  image: web
  ports: {http: 8080}
  cmd: [run, "--port=\${port.http}", "\${axon.deployment}"]
  healthcheck: {test: "wget http://localhost:\${port.http}/"}
  env:
    REDIS: \${service.redis.host}:\${service.redis.port.cli}
    URL: postgres://me:\${secret.db}@db
    SIZE: \${store.cache/size}
    LIVE: \${store.region/name}
    NONE: \${store.no/such:-\${axon.service}}
    TOKEN_IN: x\${generate.Token}
  bootstrap: {seed: {cmd: "seed \${port.http}", env: {TO: "\${service.redis.host}"}}}
api:
  image: api
  files: {/etc/conf: conf}
plain: {image: plain}
`;
const build = ({ db = "p\n", region = "eu", token = "t", size = "64m" } = {}) =>
  buildFrom(FILE.replace("64m", size), {
    inputs: { files: {}, env: { DB: db, OTHER: "o" } },
    config: { "region/name": region },
    generated: () => new Secret(token),
  }).model;
const envOf = (model: Model) =>
  Object.fromEntries(
    Object.entries(model.services.web?.container.env ?? {}).map(([name, text]) => [
      name,
      text instanceof Secret ? { secret: reveal(text) } : text,
    ]),
  );

test("names with dots stand for what the deployment has", () => {
  expect(envOf(build())).toMatchObject({
    REDIS: "redis:6379",
    URL: { secret: "postgres://me:p@db" },
    SIZE: "64m",
    LIVE: "eu",
    NONE: "web",
    TOKEN_IN: { secret: "xt" },
  });
});

test("commands, checks and one-shots have them, too", () => {
  const { services, tasks } = build();
  expect(services.web?.container.command).toEqual(["run", "--port=8080", "shop"]);
  expect(services.web?.container.healthcheck).toMatchObject({
    test: ["CMD-SHELL", "wget http://localhost:8080/"],
  });
  expect(tasks["web.seed"]?.container).toMatchObject({
    command: ["/bin/sh", "-c", "seed 8080"],
    env: { TO: "redis" },
  });
});

test("keys of Config may use each other, and are secret where a secret is in them", () => {
  const { config } = build();
  expect(config.url).toBe("http://redis:9000/64m");
  expect(config.token).toBeInstanceOf(Secret);
});

test("the content of a file is that of whoever places it, and secret where a secret is in it", () => {
  const [file] = build().services.api?.container.files ?? [];
  expect(reveal(file?.content ?? "")).toBe("me = api, key = p");
  expect(file?.digest).toBe("keyed me = api, key = p");
});

test.each<[string, Model, readonly string[]]>([
  ["a secret", build({ db: "q" }), ["api", "web"]],
  ["a key of the store", build({ region: "us" }), ["web"]],
  ["a key of Config", build({ size: "128m" }), ["web"]],
  ["a generated value", build({ token: "u" }), ["web"]],
])("%s that changed changes exactly those who use it", (_, model, users) => {
  const before = build().services;
  const changed = Object.values(model.services).filter(({ name, container }) => {
    const old = before[name]?.container;
    return old && diffContainer(old, container).deltas.length > 0;
  });
  expect(changed.map(({ name }) => name)).toEqual(users);
});

const linesOf = (text: string, overrides?: BuildOverrides) =>
  problemsOf(() => buildFrom(text, overrides)).map(({ at }) => at?.line);

test("a port or key that is not there is told where it is used", () => {
  const text = `
web:
  image: web
  env:
    A: \${port.http}
api:
  image: api
  env:
    A: \${store.no/such}
db:
  image: db
  cmd: \${service.web.port}
`;
  expect(linesOf(text)).toEqual([5, 9, 12]);
});

test("a secret does not come into a command", () => {
  const text = "Secrets: {db: {env: DB}}\nweb:\n  image: web\n  cmd: run ${secret.db}\n";
  const overrides = { inputs: { files: {}, env: { DB: "hunter2" } } };
  expect(linesOf(text, overrides)).toEqual([4]);
  const told = problemsOf(() => buildFrom(text, overrides)).map(String);
  expect(told.join()).not.toContain("hunter2");
});

test("keys of Config that use each other in a circle are told", () => {
  const text = "Config:\n  a: ${store.b}\n  b: ${store.a}\nweb: {image: web}\n";
  expect(linesOf(text)).toEqual([2, 3]);
});

test("what a value says is not looked at again", () => {
  const text = "web: {image: web, env: {A: '${X}', B: '${store.k}', C: '$${X}'}}";
  const { model } = buildFrom(text, {
    variables: () => ({ value: "${port.x} $$ \0{secret.db\0}", source: "test" }),
    config: { k: "\0{axon.deployment\0}" },
  });
  expect(model.services.web?.container.env).toMatchObject({
    A: "${port.x} $$ {secret.db}",
    B: "{axon.deployment}",
    C: "${X}",
  });
});

test("passwords of a domain may be generated", () => {
  const text = `
Generate: {Password: {alnum: 12}}
Domains: {example.org: {http: "\${axon.deployment}:web", auth: {me: "\${generate.Password}"}}}
web: {image: web, ports: {http: 80}}
`;
  expect(JSON.stringify(Object.values(buildFrom(text).model.routes)[0]?.auth)).toBeTruthy();
  expect(linesOf(text)).toEqual([]);
});
